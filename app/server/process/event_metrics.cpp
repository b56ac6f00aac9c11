#include "app/server/process/event_metrics.hpp"

#include <mutex>

namespace ff::app {

void EventCounter::count(std::string_view event) {
  {
    const std::shared_lock lock(mutex_);
    if (const auto found = series_.find(event); found != series_.end())
      return found->second->Increment();
  }
  const std::scoped_lock lock(mutex_);
  auto& counter = series_[std::string(event)];
  if (counter == nullptr) counter = &metrics_.counter(name_, help_, {{"name", std::string(event)}});
  counter->Increment();
}

}  // namespace ff::app
