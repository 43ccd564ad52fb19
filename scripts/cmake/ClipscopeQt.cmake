# SPDX-License-Identifier: Apache-2.0
# Whether the window is built: CLIPSCOPE_GUI AUTO builds it where Qt 6 and QCustomPlot are found.
set(CLIPSCOPE_HAVE_GUI OFF)
if(NOT CLIPSCOPE_GUI STREQUAL "OFF")
  if(CLIPSCOPE_GUI STREQUAL "ON")
    set(required REQUIRED)
  endif()
  find_package(Qt6 6.4 ${required} COMPONENTS Widgets DBus Svg PrintSupport Test)
  find_package(QCustomPlotQt6 ${required})
  if(Qt6_FOUND AND QCustomPlotQt6_FOUND)
    set(CLIPSCOPE_HAVE_GUI ON)
  endif()
endif()
add_feature_info(gui CLIPSCOPE_HAVE_GUI
  "clipscope-gui, the window (Debian: qt6-base-dev qt6-svg-dev libqcustomplot-dev)")
