// Route: a stable place that names the current incarnation of a supervised actor. Hold a Route, not
// a handle: after a restart it leads to the successor.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

namespace ff::actors {

template <class Handle>
class Route {
 public:
  Route() : cell_(std::make_shared<Cell>()) {}

  /// The handle as of now; null before the first start. Any thread.
  Handle get() const {
    auto handle = cell_->handle.load();
    return handle ? *handle : Handle{};
  }
  /// Called by the supervisor's start function only. All copies of this route follow.
  void set(Handle handle) const {
    cell_->handle.store(std::make_shared<const Handle>(std::move(handle)));
  }
  /// Drops the handle, so that shutdown does not keep actors alive.
  void clear() const { cell_->handle.store(nullptr); }

 private:
  struct Cell {
    std::atomic<std::shared_ptr<const Handle>> handle;
  };
  std::shared_ptr<Cell> cell_;
};

}  // namespace ff::actors
