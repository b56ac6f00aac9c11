// INTERNAL to net/http: how much memory the bodies of requests have that are being read or
// answered, in total and for one network. Whoever sends them need not have said who it is.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "net/address/endpoint.hpp"

namespace ff::net::http {

/// Any thread. Held by shared_ptr, because shares hold it.
class BodyBudget : public std::enable_shared_from_this<BodyBudget> {
 public:
  /// So much of each body is not counted: small requests go on when others use up everything.
  static constexpr std::size_t free_size = 8U << 10U;

  /// `per_network`: of `total`, for one IPv4 address or one /64.
  BodyBudget(std::size_t total, std::size_t per_network)
      : total_(total), per_network_(per_network) {}

  /// What one connection has of it; it gives it back when it ends. One thread at a time.
  class Share {
   public:
    Share(std::shared_ptr<BodyBudget> budget, const Endpoint& remote);
    ~Share() { shrink(); }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    /// The body of the current request has this size now. False: there is no room for it.
    bool grow_to(std::size_t body_size);
    void shrink();

   private:
    std::shared_ptr<BodyBudget> budget_;
    Endpoint network_;
    std::size_t taken_ = 0;
  };

 private:
  bool take(const Endpoint& network, std::size_t bytes);
  void give_back(const Endpoint& network, std::size_t bytes);

  const std::size_t total_;
  const std::size_t per_network_;
  std::mutex mutex_;
  std::size_t taken_ = 0;
  std::unordered_map<Endpoint, std::size_t> by_network_;
};

}  // namespace ff::net::http
