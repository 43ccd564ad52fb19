// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tensors/tensor_filter.h"

#include <gtest/gtest.h>

namespace clipscope::widgets {
namespace {

TensorFacts conv() {
    TensorFacts facts;
    facts.name = "/layer1/conv1/Conv_output:0";
    facts.op = "Conv";
    facts.method = "entropy-gtc";
    facts.sqnr = 19.5;
    facts.clip = 1.5;
    facts.bits = 0;
    facts.threshold = 12;
    facts.edited = true;
    facts.hasScale = true;
    return facts;
}

struct Case {
    const char* filter;
    bool accepts;
};

TEST(TensorFilter, AcceptsByEveryKindOfTerm) {
    const Case cases[] = {
        {"", true},
        {"   ", true},
        {"conv1", true},
        {"CONV1", true},
        {"conv2", false},
        {"conv1 layer1", true},
        {"conv1 layer2", false},
        {"/layer1/*:0", true},
        {"*conv?/conv*", true},
        {"conv?", false},
        {"/layer1/conv1", true},
        {"/layer1*conv1", false},
        {"\"Conv_output:0\"", true},
        {"\"edited\"", false},
        {"\"layer1 conv1\"", false},
        {"-\"layer2\"", true},
        {"output:0", true},
        {"output:1", false},
        {"Conv_output:0", true},
        {"op:Conv", true},
        {"op:conv", true},
        {"op:Con", false},
        {"op:Con*", true},
        {"op:Relu,Conv", true},
        {"op:Relu,Gemm", false},
        {"method:entropy", false},
        {"method:entropy*", true},
        {"sqnr<20", true},
        {"sqnr < 20", true},
        {"sqnr<20dB", true},
        {"sqnr<19.5", false},
        {"sqnr<=19.5", true},
        {"sqnr>=19.5", true},
        {"sqnr=19.5", true},
        {"SQNR>20", false},
        {"clip>1%", true},
        {"clip>1", true},
        {"clip>2%", false},
        {"bits>0.5", false},
        {"t>10", true},
        {"t>12", false},
        {"gain>3", false},
        {"-gain>3", true},
        {"edited", true},
        {"-edited", false},
        {"!edited", false},
        {"scale", true},
        {"float", false},
        {"fused", false},
        {"missing", false},
        {"extra", false},
        {"-op:Relu !method:mse sqnr<20 edited layer", true},
        {"-", true},
        {"!", true},
    };
    for (const Case& test : cases) {
        const TensorFilter filter = TensorFilter::parse(test.filter);
        EXPECT_EQ(filter.accepts(conv()), test.accepts) << "'" << test.filter << "'";
        EXPECT_EQ(filter.problem(), QString()) << "'" << test.filter << "'";
    }
}

TEST(TensorFilter, EachFlagAsksForItsOwnFact) {
    const std::pair<const char*, bool TensorFacts::*> flags[] = {
        {"edited", &TensorFacts::edited},   {"float", &TensorFacts::keepsFloat},
        {"scale", &TensorFacts::hasScale},  {"fused", &TensorFacts::fused},
        {"shared", &TensorFacts::shared},   {"missing", &TensorFacts::missing},
        {"extra", &TensorFacts::extra},     {"nan", &TensorFacts::nonFinite},
        {"growing", &TensorFacts::growing},
    };
    EXPECT_EQ(TensorFilter::flags().size(), static_cast<qsizetype>(std::size(flags)));
    for (const auto& [word, fact] : flags) {
        TensorFacts facts;
        EXPECT_FALSE(TensorFilter::parse(word).accepts(facts)) << word;
        facts.*fact = true;
        EXPECT_TRUE(TensorFilter::parse(word).accepts(facts)) << word;
    }
}

TEST(TensorFilter, ComparisonsDoNotHoldWhileFiguresAreToCome) {
    TensorFacts facts = conv();
    facts.pending = true;
    facts.sqnr = NAN;
    EXPECT_FALSE(TensorFilter::parse("sqnr<20").accepts(facts));
    EXPECT_FALSE(TensorFilter::parse("-sqnr<20").accepts(facts));
    EXPECT_TRUE(TensorFilter::parse("t>10").accepts(facts)) << "T is known at once";
}

TEST(TensorFilter, TellsWhatItCannotReadAndAppliesTheRest) {
    const struct {
        const char* filter;
        const char* term;
        const char* hint;
    } cases[] = {
        {"sqnr<x conv1", "sqnr<x", "sqnr<20"},   {"conv1 clip>", "clip>", "clip>1%"},
        {"foo<3 conv1", "foo<3", "sqnr"},        {"conv1 <3", "<3", "sqnr"},
        {"conv1 sqnr:20", "sqnr:20", "sqnr<20"}, {"conv1 opp:Conv", "opp:Conv", "op:"},
        {"conv1 op:", "op:", "op:Conv"},         {"conv1 -method:", "method:", "method:entropy"},
        {"conv1 t<10%", "t<10%", "number"},
    };
    for (const auto& test : cases) {
        const TensorFilter filter = TensorFilter::parse(test.filter);
        EXPECT_TRUE(filter.problem().contains(test.term)) << filter.problem().toStdString();
        EXPECT_TRUE(filter.problem().contains(test.hint)) << filter.problem().toStdString();
        EXPECT_TRUE(filter.accepts(conv())) << test.filter;
        TensorFacts other = conv();
        other.name = "x";
        EXPECT_FALSE(filter.accepts(other)) << test.filter;
    }
}

TEST(TensorFilter, SaysWhichFiguresItNeeds) {
    const TensorFilter filter = TensorFilter::parse("-gain>3 conv");
    EXPECT_TRUE(filter.uses(TensorFilter::Figure::Gain));
    EXPECT_FALSE(filter.uses(TensorFilter::Figure::Sqnr));
}

}  // namespace
}  // namespace clipscope::widgets
