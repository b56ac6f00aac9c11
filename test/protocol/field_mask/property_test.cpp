// What a mask means, for random messages of many types and random masks of known paths: what it
// names is the source's, everything else is as it was. [spec api-conventions §5]
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "protocol/api_json/any_type.hpp"
#include "protocol/field_mask/field_mask.hpp"
#include "protocol/field_mask/path_tree.hpp"
#include "test/support/messages/random_message.hpp"

namespace ff::field_mask {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Message;
using Paths = std::vector<std::string>;
using MessagePtr = std::unique_ptr<Message>;

/// All known paths of a type, parents and what is below them, to a depth.
void collect(const Descriptor& type, const std::string& prefix, int depth, Paths& out) {
  for (int i = 0; i < type.field_count(); ++i) {
    const auto& field = *type.field(i);
    const auto* oneof = field.real_containing_oneof();
    const auto path = prefix + (oneof == nullptr ? "" : oneof->name() + ".") + field.name();
    out.push_back(path);
    if (field.is_repeated() || field.message_type() == nullptr || depth == 0) continue;
    if (field.message_type()->file()->package() != "ttn.lorawan.v3") continue;
    collect(*field.message_type(), path + ".", depth - 1, out);
  }
  for (int i = 0; i < type.real_oneof_decl_count(); ++i)
    out.push_back(prefix + type.oneof_decl(i)->name());
}

struct Case {
  MessagePtr source;
  MessagePtr destination;
  Paths paths;
};

MessagePtr clone(const Message& message) {
  MessagePtr out(message.New());
  out->CopyFrom(message);
  return out;
}

class EveryType : public testing::TestWithParam<const char*> {
 protected:
  EveryType() : type_(*make()->GetDescriptor()) { collect(type_, "", 3, all_); }

  MessagePtr make() const {
    return api_json::make_any_content(std::string("/ttn.lorawan.v3.") + GetParam());
  }
  MessagePtr random_message() {
    auto out = make();
    test::fill_random(*out, random_);
    return out;
  }
  Case next() {
    Case out{random_message(), random_message(), {}};
    for (auto count = 1 + random_() % 6; count > 0; --count)
      out.paths.push_back(all_[random_() % all_.size()]);
    return out;
  }

  const Descriptor& type_;
  Paths all_;
  std::mt19937_64 random_{2};
};

INSTANTIATE_TEST_SUITE_P(FieldMask, EveryType,
                         testing::Values("EndDevice", "Gateway", "Application", "User", "MACState",
                                         "MACSettings", "ApplicationPubSub", "ApplicationWebhook",
                                         "UplinkMessage", "ApplicationUp", "DownlinkPath"),
                         [](const auto& instance) { return std::string(instance.param); });

TEST_P(EveryType, KnowsItsPathsAndNothingBelowItsLeaves) {
  for (const auto& path : all_) {
    EXPECT_TRUE(is_known(type_, path)) << path;
    for (const auto& other : {path + ".", "." + path, path + ".nothing", path + "..x", path + " "})
      EXPECT_FALSE(is_known(type_, other)) << other;
  }
}

TEST_P(EveryType, CopyingTwiceIsCopyingOnce) {
  for (int round = 0; round < 60; ++round) {
    const auto one = next();
    auto once = clone(*one.destination);
    ASSERT_TRUE(copy(*one.source, one.paths, *once));
    auto twice = clone(*once);
    ASSERT_TRUE(copy(*one.source, one.paths, *twice));
    EXPECT_EQ(test::differences(*once, *twice), "");
  }
}

TEST_P(EveryType, TheOrderAndRepetitionOfPathsDoNotMatter) {
  for (int round = 0; round < 60; ++round) {
    const auto one = next();
    auto expected = clone(*one.destination);
    ASSERT_TRUE(copy(*one.source, one.paths, *expected));
    auto paths = one.paths;
    std::ranges::reverse(paths);
    paths.push_back(paths.front());
    auto other = clone(*one.destination);
    ASSERT_TRUE(copy(*one.source, paths, *other));
    EXPECT_EQ(test::differences(*expected, *other), "");
  }
}

TEST_P(EveryType, CopyingFromItselfChangesNothing) {
  for (int round = 0; round < 60; ++round) {
    const auto one = next();
    auto same = clone(*one.source);
    ASSERT_TRUE(copy(*one.source, one.paths, *same));
    EXPECT_EQ(test::differences(*one.source, *same), "");
  }
}

TEST_P(EveryType, TheSourceStaysAsItIs) {
  const auto one = next();
  const auto before = clone(*one.source);
  ASSERT_TRUE(copy(*one.source, one.paths, *one.destination));
  EXPECT_EQ(test::differences(*before, *one.source), "");
}

/// Fields of the top level that no path begins with.
TEST_P(EveryType, WhatIsNotNamedIsNotTouched) {
  for (int round = 0; round < 60; ++round) {
    const auto one = next();
    const PathTree tree{std::span<const std::string>(one.paths)};
    auto changed = clone(*one.destination);
    ASSERT_TRUE(copy(*one.source, one.paths, *changed));
    const auto before = clone(*one.destination);
    for (int i = 0; i < type_.field_count(); ++i) {
      const auto& field = *type_.field(i);
      const auto* oneof = field.real_containing_oneof();
      if (tree.find(oneof == nullptr ? field.name() : oneof->name()) == nullptr) continue;
      changed->GetReflection()->ClearField(changed.get(), &field);
      before->GetReflection()->ClearField(before.get(), &field);
    }
    EXPECT_EQ(test::differences(*before, *changed), "");
  }
}

TEST_P(EveryType, WhatIsNamedIsTheSources) {
  for (int round = 0; round < 60; ++round) {
    auto one = next();
    // The whole of some top-level fields, be they set or not.
    std::erase_if(one.paths, [](const auto& path) { return path.find('.') != path.npos; });
    ASSERT_TRUE(copy(*one.source, one.paths, *one.destination));
    auto expected = clone(*one.source);
    ASSERT_TRUE(keep(one.paths, *expected));
    ASSERT_TRUE(keep(one.paths, *one.destination));
    EXPECT_EQ(test::differences(*expected, *one.destination), "");
  }
}

TEST_P(EveryType, KeepingIsCopyingToNothing) {
  for (int round = 0; round < 60; ++round) {
    const auto one = next();
    const auto copied = make();
    ASSERT_TRUE(copy(*one.source, one.paths, *copied));
    auto kept = clone(*one.source);
    ASSERT_TRUE(keep(one.paths, *kept));
    EXPECT_EQ(test::differences(*copied, *kept), "");
    auto again = clone(*kept);
    ASSERT_TRUE(keep(one.paths, *again));
    EXPECT_EQ(test::differences(*kept, *again), "");
  }
}

TEST_P(EveryType, AMaskOfNothingKeepsNothingAndCopiesNothing) {
  const auto one = next();
  const auto before = clone(*one.destination);
  ASSERT_TRUE(copy(*one.source, {}, *one.destination));
  EXPECT_EQ(test::differences(*before, *one.destination), "");
  ASSERT_TRUE(keep({}, *one.destination));
  EXPECT_EQ(one.destination->ByteSizeLong(), 0U);
}

TEST(PathTree, AParentStandsForItsChildrenInWhicheverOrderTheyCome) {
  for (const Paths& paths : {Paths{"a", "a.b"}, Paths{"a.b", "a"}, Paths{"a.b.c", "a", "a.b"}}) {
    const PathTree tree{std::span<const std::string>(paths)};
    ASSERT_NE(tree.find("a"), nullptr);
    EXPECT_TRUE(tree.find("a")->whole());
  }
}

TEST(PathTree, FindsWhatIsAtOrBelowAName) {
  const Paths paths = {"a.b.c", "d"};
  const PathTree tree{std::span<const std::string>(paths)};
  EXPECT_FALSE(tree.empty());
  EXPECT_FALSE(tree.whole());
  EXPECT_EQ(tree.children().size(), 2U);
  const auto* a = tree.find("a");
  ASSERT_NE(a, nullptr);
  EXPECT_FALSE(a->whole());
  ASSERT_NE(a->find("b"), nullptr);
  EXPECT_FALSE(a->find("b")->whole());
  EXPECT_TRUE(a->find("b")->find("c")->whole());
  EXPECT_TRUE(tree.find("d")->whole());
  for (const char* name : {"b", "c", "", "a.b", "e"}) EXPECT_EQ(tree.find(name), nullptr) << name;
  EXPECT_TRUE(PathTree().empty());
}

TEST(IsKnown, EndsAfterSoManySteps) {
  const auto message = api_json::make_any_content("/ttn.lorawan.v3.ErrorDetails");
  const auto& type = *message->GetDescriptor();
  std::string path = "cause";
  for (int steps = 1; steps < steps_max; ++steps, path += ".cause")
    EXPECT_TRUE(is_known(type, path)) << steps;
  EXPECT_TRUE(is_known(type, path));
  EXPECT_FALSE(is_known(type, path + ".cause"));
}

}  // namespace
}  // namespace ff::field_mask
