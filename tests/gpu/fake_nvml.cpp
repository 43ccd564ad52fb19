// SPDX-License-Identifier: Apache-2.0
// NVIDIA's management library with one GPU, which has 3 GiB of 8 free. Signatures as in nvml.h.
#include <cstring>

namespace {
struct Memory {
    unsigned long long total;
    unsigned long long free;
    unsigned long long used;
};
constexpr int kNotInitialized = 1;
constexpr int kNotFound = 6;
int g_started = 0;
}  // namespace

extern "C" {
int nvmlInit_v2() {
    ++g_started;
    return 0;
}
int nvmlShutdown() {
    --g_started;
    return 0;
}
int nvmlDeviceGetHandleByPciBusId_v2(const char* busId, void** device) {
    if (g_started == 0)
        return kNotInitialized;
    *device = &g_started;
    return std::strcmp(busId, "0000:01:00.0") == 0 ? 0 : kNotFound;
}
int nvmlDeviceGetMemoryInfo(void* device, Memory* memory) {
    *memory = {8ull << 30, 3ull << 30, 5ull << 30};
    return device == &g_started && g_started == 1 ? 0 : kNotInitialized;
}
}
