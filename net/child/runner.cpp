#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <deque>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

#include "net/child/spawn.hpp"

namespace ff::net {
namespace {

/// What other threads ask of the runner's, in order.
class Mailbox {
 public:
  using Task = std::function<void()>;

  Mailbox() : wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~Mailbox() { close(wake_); }
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  void post(Task task) {
    {
      const std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(wake_, &one, sizeof one);
  }
  std::deque<Task> take() {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto size = read(wake_, &count, sizeof count);
    const std::lock_guard lock(mutex_);
    return std::exchange(tasks_, {});
  }
  int descriptor() const noexcept { return wake_; }

 private:
  int wake_;
  std::mutex mutex_;
  std::deque<Task> tasks_;
};
using MailboxPtr = std::shared_ptr<Mailbox>;

/// What both sides of a child know.
struct Shared {
  std::atomic<std::size_t> waiting{0};  // bytes
  std::atomic<bool> ended{false};
};

/// One child on the runner's thread.
struct Running {
  ChildEvents events;
  std::shared_ptr<Shared> shared;
  Spawned process;
  std::deque<Bytes> outgoing;
  std::size_t sent = 0;  // of the first
  bool wants_room = false;
};

class Loop {
 public:
  explicit Loop(MailboxPtr mailbox)
      : mailbox_(std::move(mailbox)), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    watch(EPOLL_CTL_ADD, mailbox_->descriptor(), EPOLLIN, wake_number);
  }
  ~Loop() { close(epoll_); }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void start(std::uint64_t number, const ChildOptions& options, Running child) {
    auto spawned = spawn(options);
    if (!spawned) {
      child.shared->ended = true;
      return child.events.on_ended({spawned.error().message(), false});
    }
    child.process = *spawned;
    watch(EPOLL_CTL_ADD, spawned->socket, EPOLLIN, number);
    children_.emplace(number, std::move(child));
  }
  void write(std::uint64_t number, Bytes bytes) {
    const auto found = children_.find(number);
    if (found == children_.end()) return;
    found->second.outgoing.push_back(std::move(bytes));
    send(number, found->second);
  }
  void end(std::uint64_t number) {
    const auto found = children_.find(number);
    if (found == children_.end()) return;
    auto child = std::move(found->second);
    children_.erase(found);
    close(child.process.socket);
    child.shared->ended = true;
    child.events.on_ended({reap(child.process.pid), true});
  }
  void stop() { stopped_ = true; }

  void run() {
    while (!stopped_) turn();
    // Nobody is told any more: those who would be are ending too.
    for (auto& [number, child] : children_) {
      close(child.process.socket);
      reap(child.process.pid);
    }
  }

 private:
  static constexpr std::uint64_t wake_number = 0;

  void watch(int operation, int descriptor, std::uint32_t events, std::uint64_t number) const {
    epoll_event event{};
    event.events = events;
    event.data.u64 = number;
    epoll_ctl(epoll_, operation, descriptor, &event);
  }

  void turn() {
    std::array<epoll_event, 64> events;
    const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const auto& event = events[static_cast<std::size_t>(i)];
      if (event.data.u64 == wake_number) {
        for (auto& task : mailbox_->take()) task();
        continue;
      }
      const auto found = children_.find(event.data.u64);
      if (found == children_.end()) continue;
      if ((event.events & EPOLLOUT) != 0) send(found->first, found->second);
      if ((event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) receive(found->first);
    }
  }

  void receive(std::uint64_t number) {
    const auto found = children_.find(number);
    if (found == children_.end()) return;
    const auto size = read(found->second.process.socket, buffer_.data(), buffer_.size());
    if (size > 0)
      return found->second.events.on_bytes(ByteView(buffer_).first(static_cast<std::size_t>(size)));
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    end(number);
  }

  /// What the socket takes now. That the other end is gone is seen when reading.
  void send(std::uint64_t number, Running& child) {
    while (!child.outgoing.empty()) {
      const auto rest = ByteView(child.outgoing.front()).subspan(child.sent);
      const auto size =
          ::send(child.process.socket, rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (size < 0 && errno == EINTR) continue;
      if (size < 0) break;
      child.sent += static_cast<std::size_t>(size);
      child.shared->waiting -= static_cast<std::size_t>(size);
      if (child.sent < child.outgoing.front().size()) continue;
      child.outgoing.pop_front();
      child.sent = 0;
    }
    const bool wants_room = !child.outgoing.empty();
    if (wants_room == std::exchange(child.wants_room, wants_room)) return;
    watch(EPOLL_CTL_MOD, child.process.socket, wants_room ? EPOLLIN | EPOLLOUT : EPOLLIN, number);
  }

  MailboxPtr mailbox_;
  int epoll_;
  std::unordered_map<std::uint64_t, Running> children_;
  std::array<std::uint8_t, std::size_t{64} << 10U> buffer_{};
  bool stopped_ = false;
};

class ProcessChild final : public Child {
 public:
  ProcessChild(MailboxPtr mailbox, std::shared_ptr<Loop> loop, std::uint64_t number,
               std::size_t outgoing_max)
      : mailbox_(std::move(mailbox)),
        loop_(std::move(loop)),
        number_(number),
        outgoing_max_(outgoing_max) {}
  ~ProcessChild() override { kill(); }
  ProcessChild(const ProcessChild&) = delete;
  ProcessChild& operator=(const ProcessChild&) = delete;

  bool write(Bytes bytes) override {
    if (shared->ended || shared->waiting + bytes.size() > outgoing_max_) return false;
    shared->waiting += bytes.size();
    mailbox_->post([loop = loop_, number = number_, bytes = std::move(bytes)]() mutable {
      loop->write(number, std::move(bytes));
    });
    return true;
  }
  void kill() override {
    mailbox_->post([loop = loop_, number = number_] { loop->end(number); });
  }

  std::shared_ptr<Shared> shared = std::make_shared<Shared>();

 private:
  MailboxPtr mailbox_;
  std::shared_ptr<Loop> loop_;
  std::uint64_t number_;
  std::size_t outgoing_max_;
};

class ProcessRunner final : public ChildRunner {
 public:
  ProcessRunner() : thread_([loop = loop_] { loop->run(); }) {}
  ~ProcessRunner() override {
    mailbox_->post([loop = loop_] { loop->stop(); });
    thread_.join();
    // Tasks that came too late hold the loop.
    mailbox_->take();
  }
  ProcessRunner(const ProcessRunner&) = delete;
  ProcessRunner& operator=(const ProcessRunner&) = delete;

  std::shared_ptr<Child> start(ChildOptions options, ChildEvents events) override {
    const auto number = ++children_;
    auto child = std::make_shared<ProcessChild>(mailbox_, loop_, number, options.outgoing_max);
    mailbox_->post(
        [loop = loop_, number, options = std::move(options),
         running = Running{std::move(events), child->shared, {}, {}, 0, false}]() mutable {
          loop->start(number, options, std::move(running));
        });
    return child;
  }

 private:
  MailboxPtr mailbox_ = std::make_shared<Mailbox>();
  std::shared_ptr<Loop> loop_ = std::make_shared<Loop>(mailbox_);
  std::atomic<std::uint64_t> children_{0};
  std::thread thread_;
};

}  // namespace

std::unique_ptr<ChildRunner> make_child_runner() {
  return std::make_unique<ProcessRunner>();
}

}  // namespace ff::net
