// Children: programs that everybody has.
#include "net/child/child.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

namespace ff::net {
namespace {

/// A shell with its socket as standard input and output.
class Shell {
 public:
  explicit Shell(const std::string& script, std::filesystem::path program = "/bin/sh")
      : runner_(make_child_runner()) {
    child = runner_->start(
        {.program = std::move(program), .arguments = {"-c", "exec <&3 >&3; " + script}},
        {[this](ByteView bytes) {
           const std::lock_guard lock(mutex_);
           said_ += as_text(bytes);
           changed_.notify_all();
         },
         [this](const ChildEnd& end) {
           const std::lock_guard lock(mutex_);
           end_ = end;
           changed_.notify_all();
         }});
  }
  ~Shell() {
    child.reset();
    runner_.reset();
  }
  Shell(const Shell&) = delete;
  Shell& operator=(const Shell&) = delete;

  ChildEnd end() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return end_.has_value(); });
    return *end_;
  }
  std::string said(std::size_t size) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return end_ || said_.size() >= size; });
    return said_;
  }

  std::shared_ptr<Child> child;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string said_;
  std::optional<ChildEnd> end_;
  std::unique_ptr<ChildRunner> runner_;
};

Bytes bytes(std::string_view text) {
  return to_owned(as_bytes(text));
}

TEST(Child, SpeaksThroughItsSocket) {
  Shell shell("cat");
  EXPECT_TRUE(shell.child->write(bytes("one ")));
  EXPECT_TRUE(shell.child->write(bytes("two")));
  EXPECT_EQ(shell.said(7), "one two");
}

TEST(Child, TellsHowItEnded) {
  EXPECT_EQ(Shell("exit 7").end().how, "exit 7");
  EXPECT_EQ(Shell("kill -SEGV $$").end().how, "signal 11");
  Shell hung("exec sleep 1000");
  hung.child->kill();
  EXPECT_EQ(hung.end().how, "signal 9");
  const auto missing = Shell("", "/nonexistent/program").end();
  EXPECT_FALSE(missing.started);
  EXPECT_NE(missing.how.find("/nonexistent/program"), std::string::npos);
}

TEST(Child, HasAlmostNothingOfOurs) {
  Shell shell("env | grep -v -e ^PWD -e ^_ -e ^SHLVL -e ^OLDPWD | sort; pwd; exit");
  shell.end();
  EXPECT_EQ(shell.said(0), "LC_ALL=C\nTZ=UTC\n/\n");
}

TEST(Child, TakesLargeAmountsInOrderAndRefusesWhatIsTooMuch) {
  Shell shell("wc -c");
  Bytes large(std::size_t{1} << 20U, 'x');
  for (int i = 0; i < 8; ++i) EXPECT_TRUE(shell.child->write(large));
  Shell deaf("exec sleep 1000");
  int taken = 0;
  while (taken < 64 && deaf.child->write(large)) ++taken;
  EXPECT_LE(taken, 17);
  EXPECT_GE(taken, 15);
}

TEST(Child, EndsWithItsLastReference) {
  Shell shell("exec sleep 1000");
  shell.child.reset();
  EXPECT_EQ(shell.end().how, "signal 9");
}

}  // namespace
}  // namespace ff::net
