// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRegularExpression>
#include <QString>
#include <QStringList>
#include <cmath>
#include <vector>

namespace clipscope::widgets {

/// What a filter asks of one tensor. NaN where there is no such figure (or not yet).
struct TensorFacts {
    QString name;
    QString op;
    QString method;
    double sqnr = NAN;  ///< dB
    double clip = NAN;  ///< %
    double bits = NAN;  ///< lost
    double threshold = NAN;
    double gain = NAN;     ///< dB, of an affine range
    bool pending = false;  ///< figures are still to come: no comparison of them holds
    bool edited = false;
    bool keepsFloat = false;  ///< stays in float, by TensorRT's or the user's choice
    bool hasScale = false;    ///< gets a scale that is used
    bool fused = false;
    bool shared = false;  ///< shares its scale with others
    bool missing = false;
    bool extra = false;
    bool nonFinite = false;  ///< NaN or infinite values were seen
    bool growing = false;    ///< its range was still growing at the last sample
};

/// The language of the filter field. All terms must hold:
///   conv1  "a name"  conv*_?   name: part of it, or a pattern for the whole; case does not matter
///   op:Conv,Gemm  method:entropy*   one of these, patterns too
///   sqnr<20  clip>1%  bits>0.5  t>=10  gain>3   also <=, >=, =
///   edited float scale fused shared missing extra nan growing
///   -term, !term   not that
/// A term that cannot be read is left out and told by problem().
class TensorFilter {
public:
    enum class Figure { Sqnr, Clip, Bits, Threshold, Gain };

    static TensorFilter parse(const QString& text);

    bool isEmpty() const { return m_terms.empty(); }
    /// The first term that cannot be read, why, and what is possible; empty where all is well.
    const QString& problem() const { return m_problem; }
    bool accepts(const TensorFacts& facts) const;
    bool uses(Figure figure) const;
    /// The words that stand for a mark, such as "edited".
    static QStringList flags();

private:
    enum class Kind { Name, Op, Method, Figure, Flag };
    struct Term {
        Kind kind = Kind::Name;
        bool isNegated = false;
        QString text;                              ///< part of a name
        std::vector<QRegularExpression> patterns;  ///< one of which must match the whole
        Figure figure = Figure::Sqnr;
        QString comparison;
        double value = 0;
        bool TensorFacts::*flag = nullptr;
    };
    static bool holds(const Term& term, const TensorFacts& facts);
    void addWord(QString word, bool isQuoted);
    bool readComparison(const QString& word, Term& term);
    bool readKey(const QString& word, Term& term);
    void refuse(const QString& word, const QString& why);

    std::vector<Term> m_terms;
    QString m_problem;
};

}  // namespace clipscope::widgets
