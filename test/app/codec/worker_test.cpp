// farfield-codec as a process: its protocol, what the sandbox forbids, and bombs that a process may
// not survive but its neighbours do.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>

#include "app/codec/sandbox.hpp"
#include "net/child/child.hpp"
#include "protocol/crypto/digest.hpp"
#include "protocol/formatter/wire.hpp"

namespace ff::codec {
namespace {

using formatter::Answer;
using formatter::Call;
using formatter::Ending;

/// A worker and what it says, for one thread that waits.
class Worker {
 public:
  explicit Worker(std::vector<std::string> arguments = {"100", "67108864", "64", "0"})
      : runner_(net::make_child_runner()) {
    net::ChildOptions options{.program = FF_BIN_DIR "/farfield-codec",
                              .arguments = std::move(arguments)};
    child_ = runner_->start(options, {[this](ByteView bytes) { take(bytes); },
                                      [this](const net::ChildEnd& end) { ended(end); }});
  }
  ~Worker() {
    child_.reset();
    runner_.reset();
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  bool is_ready() {
    const auto message = next();
    return message && std::holds_alternative<formatter::Ready>(*message);
  }
  void send(std::string script) {
    Call call{.id = ++calls_, .f_port = 1, .input = {1, 2}};
    call.key = crypto::sha256(as_bytes(script));
    call.script = std::move(script);
    child_->write(formatter::encode(call));
  }
  void write(Bytes bytes) { child_->write(std::move(bytes)); }
  /// Nothing: the worker has ended.
  std::optional<Answer> answer() {
    const auto message = next();
    if (!message) return std::nullopt;
    return std::get<Answer>(*message);
  }
  std::string end() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return end_.has_value(); });
    return *end_;
  }

 private:
  std::optional<formatter::FromWorker> next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return end_ || !messages_.empty(); });
    if (messages_.empty()) return std::nullopt;
    auto message = std::move(messages_.front());
    messages_.erase(messages_.begin());
    return message;
  }
  void take(ByteView bytes) {
    const std::lock_guard lock(mutex_);
    frames_.append(bytes);
    while (const auto body = frames_.next())
      messages_.push_back(formatter::decode_from_worker(*body).value());
    changed_.notify_all();
  }
  void ended(const net::ChildEnd& end) {
    const std::lock_guard lock(mutex_);
    end_ = end.how;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  formatter::FrameReader frames_;
  std::vector<formatter::FromWorker> messages_;
  std::optional<std::string> end_;
  std::uint32_t calls_ = 0;
  std::unique_ptr<net::ChildRunner> runner_;
  std::shared_ptr<net::Child> child_;
};

constexpr const char* good = "function decodeUplink(i) { return {data: {x: i.bytes[1]}}; }";

TEST(Codec, AnswersCallsInTheirOrder) {
  Worker worker;
  ASSERT_TRUE(worker.is_ready());
  for (int i = 0; i < 3; ++i) worker.send(good);
  for (std::uint32_t id = 1; id <= 3; ++id) {
    const auto answer = worker.answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->id, id);
    EXPECT_EQ(answer->text, R"({"data":{"x":2}})");
  }
}

/// A product's whole table of alarms and texts, as scripts of the device repository have it.
TEST(Codec, RunsAScriptOfAMegabyte) {
  std::string script = "var names = {";
  for (int i = 0; script.size() < (std::size_t{1} << 20U); ++i)
    script += "k" + std::to_string(i) + ": 'alarm number " + std::to_string(i) + "',\n";
  script += "};\nfunction decodeUplink(i) { return {data: {name: names['k' + i.bytes[1]]}}; }";
  Worker worker;
  ASSERT_TRUE(worker.is_ready());
  worker.send(script);
  const auto answer = worker.answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->ending, formatter::Ending::done) << answer->text;
  EXPECT_EQ(answer->text, R"({"data":{"name":"alarm number 2"}})");
}

TEST(Codec, EndsOverWhatIsNoCall) {
  Worker worker;
  ASSERT_TRUE(worker.is_ready());
  worker.write({0, 0, 0, 1, 99});
  EXPECT_EQ(worker.end(), "exit 2");
}

TEST(Codec, TakesNoOtherArguments) {
  EXPECT_EQ(Worker({"100"}).end(), "exit 64");
  EXPECT_EQ(Worker({"x", "1", "1", "0"}).end(), "exit 64");
  EXPECT_EQ(Worker({"100", "67108864", "64", "20"}).end(), "exit 64");
}

/// Each is an error of its own call: the call ends badly, or its worker does, and a new worker is
/// as good as the first.
TEST(Codec, BombsAreErrorsOfTheirCallAlone) {
  for (const char* bomb :
       {"function decodeUplink() { var a = []; while (true) a.push({}); }",
        "function decodeUplink() { var a = []; while (true) a.push('x'.repeat(1000000) + "
        "a.length); }",
        "function decodeUplink() { return {data: {x: Array(1e8).fill(1).length}}; }",
        "function decodeUplink() { var a = []; while (true) a.push(new Uint8Array(1 << "
        "20).fill(1)); }",
        "function decodeUplink() { var s = 'x'; while (true) s += s; }",
        "function decodeUplink() { var a = []; while (true) { try { a.push(new ArrayBuffer(1 << "
        "28)); } catch (e) {} } }",
        "function decodeUplink() { return {data: {x: 'abc'.repeat(1 << 26).split('').length}}; }",
        "function decodeUplink() { var m = new Map(); for (var i = 0; ; i++) m.set(i, [i]); }"}) {
    Worker worker;
    ASSERT_TRUE(worker.is_ready());
    worker.send(bomb);
    const auto answer = worker.answer();
    if (answer) {
      EXPECT_NE(answer->ending, Ending::done) << bomb;
      if (answer->retires) {
        EXPECT_EQ(worker.end(), "exit 1") << bomb;
      } else {
        worker.send(good);
        const auto next = worker.answer();
        ASSERT_TRUE(next) << bomb;
        EXPECT_EQ(next->ending, Ending::done) << bomb;
      }
    }
  }
}

/// Enters the sandbox in a process of its own and tries something there: its result, or the signal
/// that ended it as a negative number.
int inside(int (*attempt)()) {
  const auto pid = fork();
  if (pid == 0) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0 || dup2(ends[1], 1) != 1 ||
        dup2(ends[0], server_fd) != server_fd)
      _exit(99);
    leave_the_system();
    if (!enter_sandbox(std::size_t{256} << 20U)) _exit(98);
    _exit(attempt());
  }
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

constexpr int refused = 1;

TEST(Sandbox, OpensNoFiles) {
  EXPECT_EQ(inside([] { return open("/etc/passwd", O_RDONLY) < 0 ? refused : 0; }), refused);
  EXPECT_EQ(inside([] { return open("/proc/self/maps", O_RDONLY) < 0 ? refused : 0; }), refused);
  EXPECT_EQ(inside([] { return unlink("/tmp/x") < 0 && mkdir("/tmp/x", 0700) < 0 ? refused : 0; }),
            refused);
  EXPECT_EQ(inside([] { return dup(server_fd) < 0 ? refused : 0; }), refused);
}

TEST(Sandbox, ReachesNoNetwork) {
  EXPECT_EQ(inside([] { return socket(AF_INET, SOCK_STREAM, 0) < 0 ? refused : 0; }), -SIGSYS);
}

TEST(Sandbox, StartsNoProcess) {
  EXPECT_EQ(inside([] { return execl("/bin/true", "true", nullptr); }), -SIGSYS);
  EXPECT_NE(inside([] { return fork() < 0 ? refused : 0; }), 0);
  EXPECT_EQ(inside([] { return kill(getppid(), 0); }), -SIGSYS);
}

TEST(Sandbox, ReadsAndWritesItsSocketAndNothingElse) {
  EXPECT_EQ(inside([] { return write(server_fd, "x", 1) == 1 ? 0 : refused; }), 0);
  EXPECT_EQ(inside([] { return write(1, "x", 1) == 1 ? 0 : refused; }), refused);
  EXPECT_EQ(inside([] {
              char c = 0;
              return read(0, &c, 1) < 0 ? refused : 0;
            }),
            refused);
}

TEST(Sandbox, HasMemoryUpToItsLimit) {
  const auto take = [](std::size_t bytes) {
    return mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
           MAP_FAILED;
  };
  static auto taken = take;
  EXPECT_EQ(inside([] { return taken(std::size_t{16} << 20U) ? 0 : refused; }), 0);
#ifndef __SANITIZE_ADDRESS__
  EXPECT_EQ(inside([] { return taken(std::size_t{1} << 30U) ? 0 : refused; }), refused);
#endif
}

}  // namespace
}  // namespace ff::codec
