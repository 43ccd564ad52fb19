// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tensors/tensor_filter.h"

#include <QCoreApplication>
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "widgets/style/number_text.h"

namespace clipscope::widgets {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("TensorFilter", text);
}

struct Flag {
    const char* word;
    bool TensorFacts::*fact;
};
constexpr std::array kFlags = {
    Flag{"edited", &TensorFacts::edited},   Flag{"float", &TensorFacts::keepsFloat},
    Flag{"scale", &TensorFacts::hasScale},  Flag{"fused", &TensorFacts::fused},
    Flag{"shared", &TensorFacts::shared},   Flag{"missing", &TensorFacts::missing},
    Flag{"extra", &TensorFacts::extra},     Flag{"nan", &TensorFacts::nonFinite},
    Flag{"growing", &TensorFacts::growing},
};

struct FigureName {
    const char* word;
    TensorFilter::Figure figure;
    double TensorFacts::*fact;
    const char* unit;  ///< may follow the number
};
constexpr std::array kFigures = {
    FigureName{"sqnr", TensorFilter::Figure::Sqnr, &TensorFacts::sqnr, "db"},
    FigureName{"clip", TensorFilter::Figure::Clip, &TensorFacts::clip, "%"},
    FigureName{"bits", TensorFilter::Figure::Bits, &TensorFacts::bits, ""},
    FigureName{"t", TensorFilter::Figure::Threshold, &TensorFacts::threshold, ""},
    FigureName{"gain", TensorFilter::Figure::Gain, &TensorFacts::gain, "db"},
};

bool isLetters(const QString& text) {
    return !text.isEmpty() && std::ranges::all_of(text, [](QChar c) { return c.isLetter(); });
}

/// `*` any run of characters, `?` one; the whole text must match. (Qt's own wildcards stop at '/',
/// which is just another character of a tensor's name.)
QRegularExpression globOf(const QString& glob) {
    QString pattern;
    for (const QChar c : glob)
        pattern += c == u'*'   ? QStringLiteral(".*")
                   : c == u'?' ? QStringLiteral(".")
                               : QRegularExpression::escape(QString(c));
    return QRegularExpression(
        QRegularExpression::anchoredPattern(pattern),
        QRegularExpression::CaseInsensitiveOption | QRegularExpression::DotMatchesEverythingOption);
}

bool isGlob(const QString& text) {
    return text.contains(u'*') || text.contains(u'?');
}

bool matchesOne(const std::vector<QRegularExpression>& patterns, const QString& text) {
    return std::ranges::any_of(patterns,
                               [&](const auto& pattern) { return pattern.match(text).hasMatch(); });
}

bool compare(double a, const QString& comparison, double b) {
    if (comparison == QLatin1String("<"))
        return a < b;
    if (comparison == QLatin1String("<="))
        return a <= b;
    if (comparison == QLatin1String(">"))
        return a > b;
    if (comparison == QLatin1String(">="))
        return a >= b;
    return a == b;
}

const FigureName* figureNamed(const QString& word) {
    const auto found = std::ranges::find_if(kFigures, [&](const FigureName& figure) {
        return word.compare(QLatin1String(figure.word), Qt::CaseInsensitive) == 0;
    });
    return found == kFigures.end() ? nullptr : found;
}

struct Word {
    QString text;
    bool isQuoted = false;  ///< a name, whatever it looks like
};

/// Cut at blanks outside of quotes; blanks around a comparison do not count.
std::vector<Word> wordsOf(const QString& text) {
    static const QRegularExpression kBlanks(
        QStringLiteral("\\b(sqnr|clip|bits|t|gain)\\s*(<=|>=|<|>|=)\\s*"),
        QRegularExpression::CaseInsensitiveOption);
    std::vector<Word> words;
    const QStringList pieces = text.split(u'"');
    for (qsizetype i = 0; i < pieces.size(); ++i) {
        if (i % 2 == 1) {
            const bool isNegated = !words.empty() && !words.back().isQuoted &&
                                   (words.back().text == u"-" || words.back().text == u"!") &&
                                   pieces[i - 1].endsWith(words.back().text);
            if (isNegated)
                words.back() = {words.back().text + pieces[i], true};
            else if (!pieces[i].isEmpty())
                words.push_back({u' ' + pieces[i], true});
            continue;
        }
        QString plain = pieces[i];
        plain.replace(kBlanks, QStringLiteral("\\1\\2"));
        for (const QString& word : plain.simplified().split(u' ', Qt::SkipEmptyParts))
            words.push_back({word, false});
    }
    return words;
}

}  // namespace

QStringList TensorFilter::flags() {
    QStringList words;
    for (const Flag& flag : kFlags)
        words << QLatin1String(flag.word);
    return words;
}

TensorFilter TensorFilter::parse(const QString& text) {
    TensorFilter filter;
    for (const Word& word : wordsOf(text))
        filter.addWord(word.text, word.isQuoted);
    return filter;
}

void TensorFilter::refuse(const QString& word, const QString& why) {
    if (m_problem.isEmpty())
        m_problem = tr("`%1` is not applied: %2").arg(word, why);
}

void TensorFilter::addWord(QString word, bool isQuoted) {
    const QString whole = word;
    Term term;
    if (word.startsWith(u'-') || word.startsWith(u'!')) {
        term.isNegated = true;
        word.remove(0, 1);
    } else if (isQuoted) {
        word.remove(0, 1);  // The blank that stands where a sign could.
    }
    if (word.isEmpty())
        return;  // A lone sign: its term is still being typed.
    if (!isQuoted) {
        const auto flag = std::ranges::find_if(
            kFlags, [&](const Flag& f) { return word == QLatin1String(f.word); });
        if (flag != kFlags.end()) {
            term.kind = Kind::Flag;
            term.flag = flag->fact;
            m_terms.push_back(term);
            return;
        }
        const QString before = m_problem;
        if (readComparison(word, term) || readKey(word, term)) {
            m_terms.push_back(term);
            return;
        }
        if (m_problem != before || term.kind != Kind::Name)
            return;
    }
    if (isGlob(word) && !isQuoted)
        term.patterns.push_back(globOf(word));
    else
        term.text = word;
    m_terms.push_back(term);
}

/// False with term.kind other than Name where it is a comparison that cannot be read.
bool TensorFilter::readComparison(const QString& word, Term& term) {
    static const QRegularExpression kComparison(QStringLiteral("^([^<>=]*)(<=|>=|<|>|=)(.*)$"));
    const auto match = kComparison.match(word);
    if (!match.hasMatch() || (!match.captured(1).isEmpty() && !isLetters(match.captured(1))))
        return false;
    term.kind = Kind::Figure;
    const FigureName* figure = figureNamed(match.captured(1));
    if (!figure) {
        refuse(word, tr("compare one of sqnr, clip, bits, t, gain; put a name in quotes"));
        return false;
    }
    QString number = match.captured(3).toLower();
    if (const QLatin1String unit(figure->unit); !unit.isEmpty() && number.endsWith(unit))
        number.chop(unit.size());
    const std::optional<double> value = readNumber(number);
    if (!value) {
        refuse(word, tr("a number must follow, such as %1%2%3")
                         .arg(match.captured(1), match.captured(2),
                              figure->figure == Figure::Clip ? QStringLiteral("1%")
                                                             : QStringLiteral("20")));
        return false;
    }
    term.figure = figure->figure;
    term.comparison = match.captured(2);
    term.value = *value;
    return true;
}

/// False with term.kind other than Name where it has a key but cannot be read.
bool TensorFilter::readKey(const QString& word, Term& term) {
    const qsizetype colon = word.indexOf(u':');
    const QString key = word.left(colon).toLower();
    const QString value = word.mid(colon + 1);
    if (colon < 0 || !isLetters(key))
        return false;
    const bool isOp = key == QLatin1String("op");
    if (!isOp && key != QLatin1String("method")) {
        // "input:0" is how TensorFlow names tensors.
        if (!figureNamed(key) && !value.isEmpty() &&
            std::ranges::all_of(value, [](QChar c) { return c.isDigit(); }))
            return false;
        term.kind = Kind::Op;
        refuse(word, figureNamed(key) ? tr("compare with <, > or =, such as %1<20").arg(key)
                                      : tr("the keys are op: and method:; put a name in quotes"));
        return false;
    }
    term.kind = isOp ? Kind::Op : Kind::Method;
    for (const QString& choice : value.split(u',', Qt::SkipEmptyParts))
        term.patterns.push_back(globOf(choice));
    if (term.patterns.empty())
        refuse(word, isOp ? tr("an operator must follow, such as op:Conv")
                          : tr("a method must follow, such as method:entropy"));
    return !term.patterns.empty();
}

bool TensorFilter::holds(const Term& term, const TensorFacts& facts) {
    switch (term.kind) {
        case Kind::Name:
            return term.patterns.empty() ? facts.name.contains(term.text, Qt::CaseInsensitive)
                                         : matchesOne(term.patterns, facts.name);
        case Kind::Op:
            return matchesOne(term.patterns, facts.op);
        case Kind::Method:
            return matchesOne(term.patterns, facts.method);
        case Kind::Flag:
            return facts.*term.flag;
        case Kind::Figure:
            break;
    }
    const auto figure = std::ranges::find(kFigures, term.figure, &FigureName::figure);
    return compare(facts.*(figure->fact), term.comparison, term.value);
}

bool TensorFilter::accepts(const TensorFacts& facts) const {
    return std::ranges::all_of(m_terms, [&](const Term& term) {
        if (term.kind == Kind::Figure && term.figure != Figure::Threshold && facts.pending)
            return false;
        return holds(term, facts) != term.isNegated;
    });
}

bool TensorFilter::uses(Figure figure) const {
    return std::ranges::any_of(m_terms, [figure](const Term& term) {
        return term.kind == Kind::Figure && term.figure == figure;
    });
}

}  // namespace clipscope::widgets
