// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "analysis/histogram/clamp.h"
#include "analysis/histogram/octave_counts.h"

namespace clipscope::histogram {

/// The histogram contract.
///
/// **A float's own bits are its bin.** key = bits(x) >> 12: sign, exponent, 11 mantissa bits, that
/// is 2,048 bins per octave. No range is needed beforehand, nothing is rescaled, and counting is a
/// shift and an increment. An octave e is the set of floats whose exponent field is e (0 holds the
/// denormals, 2^-149 apart; 254 is the last finite one).
///
/// Kept are the nine octaves e >= eTop - 8 at 2,048 bins each (fine), eTop being the octave of
/// amax, shared by both signs; lower octaves are folded to 128 bins (bits >> 16, coarse). When amax
/// reaches a new octave, those that fall behind are folded by adding 16 neighbours, which is exact
/// because truncating twice is truncating once. So the state depends only on the multiset of the
/// values: not on their order, on batches, on threads or on merging.
///
/// Zeros, NaN and the infinities have counts of their own and no bin. (The first bin of octave 0
/// holds the denormals below 2^-137, told apart from zeros by a second look; likewise NaNs whose
/// payload fits 12 bits are told apart from infinities.) Counts are 64-bit, the upper halves stored
/// once a count needs them; octaves are allocated per sign on first use; a tensor takes 80 to 180
/// KiB until a bin holds 2^32 values.
inline constexpr int kFineBits = 11;    ///< mantissa bits of a fine bin
inline constexpr int kCoarseBits = 7;   ///< mantissa bits of a coarse bin
inline constexpr int kFineOctaves = 9;  ///< octaves kept fine, counted from that of amax
inline constexpr int kOctaves = 255;    ///< exponent fields of finite floats, 0..254
inline constexpr int kFineShift = 23 - kFineBits;
inline constexpr int kCoarseShift = 23 - kCoarseBits;
inline constexpr size_t kFineBins = size_t{1} << kFineBits;      ///< of an octave
inline constexpr size_t kCoarseBins = size_t{1} << kCoarseBits;  ///< of an octave

/// A non-empty bin: the values x of one sign with |x| in [lower, upper).
struct Bin {
    uint32_t bits = 0;   ///< of the float edge nearest 0, with the sign
    uint32_t width = 0;  ///< in units of bits: 1 << kFineShift or 1 << kCoarseShift
    uint64_t count = 0;

    bool isNegative() const { return (bits >> 31) != 0; }
    double lower() const;  ///< |x| at the edge nearest 0
    double upper() const;  ///< |x| at the far edge; 2^128 for the last bin of octave 254
};

class Histogram;

/// Where the bins of a histogram come from that does not hold them in memory.
class HistogramSource {
public:
    virtual ~HistogramSource() = default;
    /// The whole histogram. Any thread may call it; throws Error where it cannot be read.
    virtual std::shared_ptr<const Histogram> load() const = 0;
};

class Histogram {
public:
    Histogram() = default;

    /// Counts `values` on the calling thread. For tensors use Counter (counter.h).
    void add(std::span<const float> values);

    /// Counts `count` values equal to `value` (any float).
    void add(float value, uint64_t count);

    /// Adds the values that `other` has seen. Exact, commutative and associative.
    void merge(const Histogram& other);

    /// Of all values seen: finite ones, zeros, NaN and infinities.
    uint64_t count() const;
    uint64_t zeros() const { return m_zeros; }
    uint64_t nan() const { return m_nan; }
    uint64_t positiveInfinities() const { return m_positiveInfinities; }
    uint64_t negativeInfinities() const { return m_negativeInfinities; }
    uint64_t infinities() const { return m_positiveInfinities + m_negativeInfinities; }
    uint64_t finiteCount() const { return m_finite; }  ///< zeros included

    /// Least and largest finite value, and the largest |x|; 0 when there is none. Never -0.
    float min() const { return m_finite ? m_min : 0.0f; }
    float max() const { return m_finite ? m_max : 0.0f; }
    float amax() const;

    /// Exponent field of amax; -1 while there is no finite value but zero.
    int topOctave() const { return m_top; }

    /// The non-empty bins in ascending order of value (the most negative first).
    std::vector<Bin> bins() const;

    /// Rebuilds the state that bins() and the counts described (session files). Throws
    /// Error(BadInput) where they contradict each other.
    struct State {
        std::vector<Bin> bins;  ///< any order; widths are not read, they follow from max and min
        uint64_t zeros = 0, nan = 0, positiveInfinities = 0, negativeInfinities = 0;
        float min = 0, max = 0;
    };
    static Histogram fromState(const State& state);

    /// A histogram whose counts and extremes are known (a state without bins, and the number of
    /// finite values) but whose bins stay where they are: bins() reads them each time, and adding
    /// or merging takes them in. Throws Error(BadInput) where the numbers contradict each other.
    static Histogram fromSource(const State& scalars, uint64_t finiteCount,
                                std::shared_ptr<const HistogramSource> source);

    /// Keeps fine from now on, besides its own nine octaves, those of what `clamp` makes of the
    /// values: clamped(clamp) is then exact. No other member tells the difference; merge() forgets
    /// it. Before any value is added.
    void keepFor(const Clamp& clamp);
    /// Forgets what keepFor() keeps besides.
    void narrow();
    /// The histogram of what `clamp` makes of the values. Exact where keepFor() was told, or where
    /// `clamp` leaves all values as they are.
    Histogram clamped(const Clamp& clamp) const;

    /// Bytes held on the heap.
    size_t byteSize() const;

    /// Equal state, which is equal multisets of values seen from the bins.
    bool operator==(const Histogram& other) const;

private:
    friend class Counter;
    friend class CountTable;

    /// The counts of an octave, made on first use; the caller adds at least one count.
    OctaveCounts& octave(bool negative, int exponent);
    /// Null where it has not been made.
    const OctaveCounts* find(bool negative, int exponent) const;
    /// For the octaves of the signs that min and max tell of. Several threads may add to different
    /// octaves after it.
    void prepare();
    /// Counts values that are finite, or not to be found in the range given to addRange.
    void addBits(uint32_t bits, uint64_t count);
    /// Takes finite values into count, min and max, and folds what falls behind a larger amax.
    void addRange(float min, float max, uint64_t count);
    /// After min or max has changed.
    void raiseTops();
    /// Folds the octaves from `lowest` up that are not to be fine any more.
    void foldBehind(int lowest);
    void addClamped(bool negative, size_t exponent, const Clamp& clamp, Histogram& result) const;
    /// Takes the bins of the source into memory, before they change.
    void hold();
    bool isFine(int exponent) const;
    int lowestFine() const;

    std::array<std::vector<OctaveCounts>, 2>
        m_octaves;  ///< [negative][exponent field], see octave()
    int m_top = -1;
    uint64_t m_finite = 0;
    uint64_t m_zeros = 0;
    uint64_t m_nan = 0;
    uint64_t m_positiveInfinities = 0;
    uint64_t m_negativeInfinities = 0;
    float m_min = 0;
    float m_max = 0;
    struct Kept {
        Clamp clamp;
        int top = -1;  ///< as m_top, of what it makes of the values
    };
    std::vector<Kept> m_kept;                         ///< whose nine octaves are fine, too
    std::shared_ptr<const HistogramSource> m_source;  ///< of the octaves, which are then empty
};

}  // namespace clipscope::histogram
