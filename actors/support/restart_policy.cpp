#include "actors/support/restart_policy.hpp"

namespace ff::actors {

RestartDecision RestartPolicy::on_failure(MonoTime now) {
  while (!failures_.empty() && failures_.front() + limits_.within <= now) failures_.pop_front();
  failures_.push_back(now);
  return failures_.size() > static_cast<std::size_t>(limits_.restarts_max)
             ? RestartDecision::escalate
             : RestartDecision::restart;
}

}  // namespace ff::actors
