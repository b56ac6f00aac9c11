// Standard input as a terminal and as a pipe.
#include "app/terminal/hidden_input.hpp"

#include <gtest/gtest.h>
#include <pty.h>
#include <unistd.h>

#include <string_view>

namespace ff::terminal {
namespace {

class HiddenInputTest : public testing::Test {
 protected:
  ~HiddenInputTest() override {
    dup2(kept_, STDIN_FILENO);
    for (const int file : {kept_, theirs_, ours_}) close(file);
  }
  void use_terminal() {
    ASSERT_EQ(openpty(&theirs_, &ours_, nullptr, nullptr, nullptr), 0);
    dup2(ours_, STDIN_FILENO);
  }
  void use_pipe() {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    ours_ = ends[0];
    theirs_ = ends[1];
    dup2(ours_, STDIN_FILENO);
  }
  void type(std::string_view text) const {
    ASSERT_EQ(write(theirs_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  bool shows() const {
    termios now{};
    return tcgetattr(ours_, &now) == 0 && (now.c_lflag & ECHO) != 0;
  }

 private:
  const int kept_ = dup(STDIN_FILENO);
  int theirs_ = -1;
  int ours_ = -1;
};

TEST_F(HiddenInputTest, ATerminalShowsNothingWhileItLives) {
  use_terminal();
  EXPECT_TRUE(shows());
  {
    const HiddenInput hidden;
    EXPECT_TRUE(hidden.is_terminal());
    EXPECT_FALSE(shows());
    type("secret\n");
    EXPECT_EQ(read_line(), "secret");
    EXPECT_FALSE(shows());
  }
  EXPECT_TRUE(shows());
}

TEST_F(HiddenInputTest, WhoeverEndsTheProcessShowsItAgain) {
  use_terminal();
  const HiddenInput hidden;
  hidden.show();
  EXPECT_TRUE(shows());
}

TEST_F(HiddenInputTest, OfAPipeALineIsReadAndNothingElse) {
  use_pipe();
  type("first\r\nsecond\nrest");
  const HiddenInput hidden;
  EXPECT_FALSE(hidden.is_terminal());
  EXPECT_EQ(read_line(), "first");
  EXPECT_EQ(read_line(), "second");
  char rest[8];
  EXPECT_EQ(read(STDIN_FILENO, rest, sizeof rest), 4);
}

}  // namespace
}  // namespace ff::terminal
