// Texts of strangers in places that take printable ASCII only.
#include "protocol/base/printable.hpp"

#include <gtest/gtest.h>

namespace ff {
namespace {

TEST(Printable, IsFromSpaceToTilde) {
  EXPECT_TRUE(is_printable(" az~"));
  EXPECT_TRUE(is_printable(""));
  for (const char c : {'\x1f', '\n', '\0', '\x7f', '\x80', '\xff'})
    EXPECT_FALSE(is_printable(std::string_view(&c, 1))) << static_cast<int>(c);
}

TEST(Printable, ReplacesWhatIsNotAndCutsWhatIsLong) {
  EXPECT_EQ(printable("curl/8\xff\xc3\xa9\n", 100), "curl/8????");
  EXPECT_EQ(printable("abc", 2), "ab");
}

TEST(Shortened, CutsBetweenCharacters) {
  EXPECT_EQ(shortened("abc", 3), "abc");
  EXPECT_EQ(shortened("abc", 2), "ab");
  EXPECT_EQ(shortened("a\xc3\xa9", 2), "a") << "half a character is none";
  EXPECT_EQ(shortened("a\xc3\xa9", 3), "a\xc3\xa9");
  EXPECT_EQ(shortened("\xe6\xbc\xa2", 2), "");
}

}  // namespace
}  // namespace ff
