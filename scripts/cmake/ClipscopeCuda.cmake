# SPDX-License-Identifier: Apache-2.0
# Whether gpu/ is built: CLIPSCOPE_CUDA AUTO builds it where nvcc, cuBLAS and cuDNN are found.
# Device code for each generation of processors takes its share of the compile time; PTX of the last
# one in the list is what the drivers of later generations translate.
set(CLIPSCOPE_CUDA AUTO CACHE STRING "Calibration on NVIDIA GPUs: AUTO, ON or OFF")
set_property(CACHE CLIPSCOPE_CUDA PROPERTY STRINGS AUTO ON OFF)
set(CLIPSCOPE_CUDA_ARCHITECTURES "75-real;80-real;86-real;89-real;90" CACHE STRING
  "Compute capabilities that device code is built for")

set(CLIPSCOPE_HAVE_CUDA OFF)
if(NOT CLIPSCOPE_CUDA STREQUAL "OFF")
  if(CLIPSCOPE_CUDA STREQUAL "ON")
    set(required REQUIRED)
  endif()
  find_package(CUDAToolkit 12 ${required})
  if(CUDAToolkit_FOUND)
    find_path(CUDNN_INCLUDE_DIR cudnn.h HINTS ${CUDAToolkit_INCLUDE_DIRS} ${required})
    find_library(CUDNN_LIBRARY NAMES cudnn libcudnn.so.9 HINTS ${CUDAToolkit_LIBRARY_DIR} ${required})
  endif()
  if(CUDAToolkit_FOUND AND CUDNN_INCLUDE_DIR AND CUDNN_LIBRARY)
    set(CMAKE_CUDA_COMPILER ${CUDAToolkit_NVCC_EXECUTABLE} CACHE FILEPATH "nvcc")
    set(CMAKE_CUDA_ARCHITECTURES ${CLIPSCOPE_CUDA_ARCHITECTURES})
    enable_language(CUDA)
    set(CMAKE_CUDA_STANDARD 20)
    set(CMAKE_CUDA_STANDARD_REQUIRED ON)
    set(CMAKE_CUDA_EXTENSIONS OFF)
    # CMake 3.25 does not know that nvcc 12 and later take C++20.
    set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION "-std=c++20")
    set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION "-std=c++20")
    if(CLIPSCOPE_CCACHE AND NOT CMAKE_CUDA_COMPILER_LAUNCHER)
      set(CMAKE_CUDA_COMPILER_LAUNCHER ${CLIPSCOPE_CCACHE})
    endif()
    add_library(clipscope_cudnn INTERFACE)
    target_include_directories(clipscope_cudnn SYSTEM INTERFACE ${CUDNN_INCLUDE_DIR})
    target_link_libraries(clipscope_cudnn INTERFACE ${CUDNN_LIBRARY})
    set(CLIPSCOPE_HAVE_CUDA ON)
  endif()
endif()
add_feature_info(cuda CLIPSCOPE_HAVE_CUDA
  "calibration on NVIDIA GPUs (CUDA Toolkit 12 or 13, cuBLAS, cuDNN 9)")
