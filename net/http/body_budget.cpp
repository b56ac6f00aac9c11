#include "net/http/body_budget.hpp"

#include <utility>

#include "net/address/network_of.hpp"

namespace ff::net::http {

BodyBudget::Share::Share(std::shared_ptr<BodyBudget> budget, const Endpoint& remote)
    : budget_(std::move(budget)), network_(network_of(remote)) {}

bool BodyBudget::Share::grow_to(std::size_t body_size) {
  if (body_size <= free_size + taken_) return true;
  const auto more = body_size - free_size - taken_;
  if (!budget_->take(network_, more)) return false;
  taken_ += more;
  return true;
}

void BodyBudget::Share::shrink() {
  if (const auto taken = std::exchange(taken_, 0); taken > 0) budget_->give_back(network_, taken);
}

bool BodyBudget::take(const Endpoint& network, std::size_t bytes) {
  const std::scoped_lock lock(mutex_);
  const auto found = by_network_.find(network);
  const auto of_network = found == by_network_.end() ? 0 : found->second;
  if (taken_ + bytes > total_ || of_network + bytes > per_network_) return false;
  taken_ += bytes;
  by_network_[network] += bytes;
  return true;
}

void BodyBudget::give_back(const Endpoint& network, std::size_t bytes) {
  const std::scoped_lock lock(mutex_);
  taken_ -= bytes;
  const auto found = by_network_.find(network);
  if ((found->second -= bytes) == 0) by_network_.erase(found);
}

}  // namespace ff::net::http
