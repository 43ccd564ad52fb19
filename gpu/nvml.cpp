// SPDX-License-Identifier: Apache-2.0
#include "gpu/nvml.h"

#include <dlfcn.h>

namespace clipscope::gpu {
namespace {

/// nvmlMemory_t: bytes.
struct Memory {
    unsigned long long total = 0;
    unsigned long long free = 0;
    unsigned long long used = 0;
};

using Device = void*;   // nvmlDevice_t
constexpr int kOk = 0;  // NVML_SUCCESS

class Library {
public:
    explicit Library(const char* path) : m_handle(::dlopen(path, RTLD_LAZY | RTLD_LOCAL)) {}
    ~Library() {
        if (m_handle)
            ::dlclose(m_handle);
    }
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;

    template <typename Function>
    Function* find(const char* name) const {
        return m_handle ? reinterpret_cast<Function*>(::dlsym(m_handle, name)) : nullptr;
    }

private:
    void* m_handle;
};

}  // namespace

size_t freeMemoryAt(const std::string& busId, const char* path) {
    const Library library(path);
    const auto start = library.find<int()>("nvmlInit_v2");
    const auto stop = library.find<int()>("nvmlShutdown");
    const auto find = library.find<int(const char*, Device*)>("nvmlDeviceGetHandleByPciBusId_v2");
    const auto memoryOf = library.find<int(Device, Memory*)>("nvmlDeviceGetMemoryInfo");
    if (!start || !stop || !find || !memoryOf || start() != kOk)
        return 0;
    Device device = nullptr;
    Memory memory;
    const bool isKnown = find(busId.c_str(), &device) == kOk && memoryOf(device, &memory) == kOk;
    stop();
    return isKnown ? static_cast<size_t>(memory.free) : 0;
}

}  // namespace clipscope::gpu
