// Unmodified clients (Debian's mosquitto-clients) against a server on a loopback socket.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <set>

#include "net/runtime/runtime.hpp"
#include "net/stream/tcp.hpp"
#include "test/net/mqtt/small_broker.hpp"

namespace ff::mqtt {
namespace {

/// A child process whose output is read to its end.
class Client {
 public:
  explicit Client(std::vector<std::string> arguments) {
    int ends[2] = {};
    EXPECT_EQ(pipe(ends), 0);
    pid_ = fork();
    if (pid_ == 0) {
      dup2(ends[1], STDOUT_FILENO);
      dup2(ends[1], STDERR_FILENO);
      close(ends[0]);
      close(ends[1]);
      std::vector<char*> argv;
      for (auto& argument : arguments) argv.push_back(argument.data());
      argv.push_back(nullptr);
      execvp(argv[0], argv.data());
      _exit(127);
    }
    close(ends[1]);
    output_ = ends[0];
  }
  ~Client() {
    if (pid_ > 0) {
      kill();
      wait();
    }
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void kill() const { ::kill(pid_, SIGKILL); }
  /// Exit code; what it printed is in `output`.
  int wait() {
    char buffer[4096];
    for (auto n = read(output_, buffer, sizeof buffer); n > 0;
         n = read(output_, buffer, sizeof buffer)) {
      output.append(buffer, static_cast<std::size_t>(n));
    }
    close(output_);
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  std::string output;

 private:
  pid_t pid_ = 0;
  int output_ = -1;
};

/// A broker on a free port of the loopback address.
class Mosquitto : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    runtime_.start();
    auto listener = network_->listen(
        net::Endpoint::v4({127, 0, 0, 1}, 0), {},
        [this](std::shared_ptr<net::Stream> stream) { return broker_.accept(stream); });
    ASSERT_TRUE(listener) << listener.error().to_string();
    listener_ = std::move(*listener);
  }
  void TearDown() override {
    listener_.reset();
    runtime_.stop();
  }

  std::vector<std::string> command(const std::string& program, const std::vector<std::string>& more,
                                   const std::string& password = "key") {
    std::vector<std::string> all = {
        program, "-h",       "127.0.0.1", "-p",  std::to_string(listener_->local().port()),
        "-V",    GetParam(), "-u",        "app", "-P",
        password};
    all.insert(all.end(), more.begin(), more.end());
    // A subscriber that waits in vain ends by itself.
    if (program == "mosquitto_sub") all.insert(all.end(), {"-W", "30"});
    return all;
  }
  int publish(const std::string& topic, const std::string& text, const std::string& qos) {
    Client client(command("mosquitto_pub", {"-t", topic, "-m", text, "-q", qos}));
    auto code = client.wait();
    EXPECT_EQ(client.output, "");
    return code;
  }

  void saw(const std::string& event) {
    std::lock_guard lock(mutex_);
    events_.insert(event);
    changed_.notify_all();
  }
  /// Waits for as many occurrences of `event`.
  testing::AssertionResult happens(const std::string& event, std::size_t count = 1) {
    std::unique_lock lock(mutex_);
    bool came = changed_.wait_for(lock, std::chrono::seconds(20),
                                  [&] { return events_.count(event) >= count; });
    if (came) return testing::AssertionSuccess();
    auto failure = testing::AssertionFailure() << "no `" << event << "` among";
    for (const auto& one : events_) failure << " `" << one << '`';
    return failure;
  }

  net::Runtime runtime_{1};
  std::unique_ptr<net::StreamNetwork> network_ = net::make_tcp_network(runtime_);
  SmallBroker broker_{[this](const std::string& event) { saw(event); }};
  std::unique_ptr<net::Listener> listener_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::multiset<std::string> events_;
};
INSTANTIATE_TEST_SUITE_P(Versions, Mosquitto, testing::Values("mqttv31", "mqttv311", "mqttv5"));

TEST_P(Mosquitto, MessagesOfEveryQoSReachASubscriber) {
  Client subscriber(command("mosquitto_sub",
                            {"-i", "sub", "-t", "a/#", "-t", "b/+/c", "-q", "1", "-C", "4", "-v"}));
  ASSERT_TRUE(happens("subscribed a/#") && happens("subscribed b/+/c"));
  EXPECT_EQ(publish("a", "zero", "0"), 0);
  ASSERT_TRUE(happens("published a"));
  EXPECT_EQ(publish("x/y", "not wanted", "1"), 0);
  EXPECT_EQ(publish("a/b", "one", "1"), 0);
  EXPECT_EQ(publish("b/x/c", "two", "2"), 0);
  EXPECT_EQ(publish("a/b", std::string(20'000, 'l'), "1"), 0);
  EXPECT_EQ(subscriber.wait(), 0);
  EXPECT_EQ(subscriber.output,
            "a zero\na/b one\nb/x/c two\na/b " + std::string(20'000, 'l') + "\n");
  EXPECT_TRUE(happens("acknowledged", 2));
}

TEST_P(Mosquitto, AWrongPasswordIsRefused) {
  Client client(command("mosquitto_pub", {"-t", "a", "-m", "x"}, "wrong"));
  EXPECT_NE(client.wait(), 0);
  EXPECT_NE(client.output.find("ot authori"), std::string::npos) << client.output;
  EXPECT_TRUE(happens("ended refused"));
}

TEST_P(Mosquitto, ARefusedFilterIsToldAndTheConnectionStays) {
  Client client(command("mosquitto_sub", {"-t", "secret/x", "-t", "a", "-C", "1"}));
  ASSERT_TRUE(happens("subscribed a"));
  EXPECT_EQ(publish("a", "still here", "1"), 0);
  client.wait();
  EXPECT_NE(client.output.find("still here"), std::string::npos) << client.output;
}

TEST_P(Mosquitto, AKilledClientsWillIsPublishedAndADisconnectedOnesIsNot) {
  Client watcher(command("mosquitto_sub", {"-t", "w/#", "-C", "1", "-v"}));
  ASSERT_TRUE(happens("subscribed w/#"));
  Client victim(
      command("mosquitto_sub", {"-t", "v", "--will-topic", "w/t", "--will-payload", "gone"}));
  ASSERT_TRUE(happens("subscribed v"));
  victim.kill();
  EXPECT_TRUE(happens("will w/t gone"));
  EXPECT_EQ(watcher.wait(), 0);
  EXPECT_EQ(watcher.output, "w/t gone\n");
  EXPECT_TRUE(happens("ended connection_lost"));
  EXPECT_TRUE(happens("ended client_disconnected"));
}

TEST_P(Mosquitto, UserPropertiesTravelInVersionFive) {
  if (GetParam() != "mqttv5") return;
  Client subscriber(command("mosquitto_sub", {"-t", "a", "-C", "1", "-F", "%P|%C|%p"}));
  ASSERT_TRUE(happens("subscribed a"));
  Client publisher(
      command("mosquitto_pub", {"-t", "a", "-m", "x", "-q", "1", "-D", "publish", "user-property",
                                "k", "v", "-D", "publish", "content-type", "text"}));
  EXPECT_EQ(publisher.wait(), 0);
  EXPECT_EQ(subscriber.wait(), 0);
  EXPECT_EQ(subscriber.output, "k:v|text|x\n");
}

TEST_P(Mosquitto, ManyMessagesInOneConnectionArriveInOrder) {
  Client subscriber(command("mosquitto_sub", {"-t", "n", "-q", "0", "-C", "500"}));
  ASSERT_TRUE(happens("subscribed n"));
  std::string expected;
  for (int i = 0; i < 500; ++i) expected += std::to_string(i) + "\n";
  auto path = testing::TempDir() + "mqtt_lines_" + GetParam() + "_" + std::to_string(getpid());
  ASSERT_NE(std::fclose(std::fopen(path.c_str(), "w")), EOF);
  auto* file = std::fopen(path.c_str(), "w");
  std::fputs(expected.c_str(), file);
  std::fclose(file);
  auto words = command("mosquitto_pub", {"-t", "n", "-q", "2", "-l"});
  std::string line;
  for (const auto& word : words) line += word + ' ';
  Client publisher({"sh", "-c", line + "< " + path});
  EXPECT_EQ(publisher.wait(), 0) << publisher.output;
  EXPECT_EQ(subscriber.wait(), 0);
  EXPECT_EQ(subscriber.output, expected);
  std::remove(path.c_str());
}

}  // namespace
}  // namespace ff::mqtt
