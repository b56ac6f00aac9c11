#include "net/runtime/asio_loop.hpp"

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <thread>
#include <utility>

namespace ff::net {

namespace asio = boost::asio;

namespace {

constexpr std::size_t read_buffer_size = 64U << 10U;
constexpr std::size_t plain_buffer_size = 16U << 10U;  // One TLS record.

/// Asio calls a cancelled wait's handler later, so the handler owns the state and checks what it is
/// for.
class AsioTimer final : public Timer {
 public:
  explicit AsioTimer(asio::io_context& context) : state_(std::make_shared<State>(context)) {}
  ~AsioTimer() override { cancel(); }

  void start(Duration delay, Task task) override {
    state_->task = std::move(task);
    auto generation = ++state_->generation;
    state_->timer.expires_after(
        std::chrono::duration_cast<std::chrono::steady_clock::duration>(delay));
    state_->timer.async_wait([state = state_, generation](const boost::system::error_code&) {
      if (state->generation != generation) return;
      auto due = std::exchange(state->task, nullptr);
      if (due) due();
    });
  }

  void cancel() noexcept override {
    ++state_->generation;
    state_->task = nullptr;
    boost::system::error_code ignored;
    state_->timer.cancel(ignored);
  }

 private:
  struct State {
    explicit State(asio::io_context& context) : timer(context) {}
    asio::steady_timer timer;
    Task task;
    std::uint64_t generation = 0;
  };
  std::shared_ptr<State> state_;
};

}  // namespace

struct AsioLoop::State {
  /// One thread runs the context; others post, so Asio's locking stays on.
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  std::atomic<std::thread::id> thread{};
};

AsioLoop::AsioLoop()
    : read_buffer_(read_buffer_size),
      plain_buffer_(plain_buffer_size),
      state_(std::make_unique<State>()) {}

AsioLoop::~AsioLoop() = default;

void AsioLoop::post(Task task) {
  asio::post(state_->context, std::move(task));
}

bool AsioLoop::is_current() const noexcept {
  return state_->thread == std::this_thread::get_id();
}

MonoTime AsioLoop::now() const noexcept {
  return MonoTime(
      std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

std::unique_ptr<Timer> AsioLoop::make_timer() {
  return std::make_unique<AsioTimer>(state_->context);
}

asio::io_context& AsioLoop::context() noexcept {
  return state_->context;
}

void AsioLoop::run() {
  state_->thread = std::this_thread::get_id();
  state_->context.run();
  // What the last tasks posted: the ends of streams. Waits and timers that are left are dropped.
  state_->context.restart();
  state_->context.poll();
  state_->thread = std::thread::id();
}

void AsioLoop::stop() {
  post([this] {
    auto open = std::vector<Stoppable*>(stoppables_.begin(), stoppables_.end());
    for (auto* stoppable : open) {
      if (stoppables_.contains(stoppable)) stoppable->on_stop();
    }
    state_->work.reset();
    state_->context.stop();
  });
}

}  // namespace ff::net
