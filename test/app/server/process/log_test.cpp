// What the log makes of strangers' texts.
#include "app/server/process/log.hpp"

#include <gtest/gtest.h>

namespace ff::app {
namespace {

TEST(Log, ALineIsOneLineWhateverItSays) {
  EXPECT_EQ(escaped_line("msg=\"a\" id=b", false), "msg=\"a\" id=b");
  EXPECT_EQ(escaped_line("a\nb\x1b[31m\x7f", false), "a\\u000ab\\u001b[31m\\u007f");
}

TEST(Log, InJsonTheTextIsTheInsideOfAString) {
  EXPECT_EQ(escaped_line("msg=\"a\\b\"\n", true), "msg=\\\"a\\\\b\\\"\\u000a");
}

}  // namespace
}  // namespace ff::app
