#include "net/rate_limit/admit_by_address.hpp"

namespace ff::net {

std::function<bool(const Endpoint& remote)> admit_by_address(RateLimit limit,
                                                             std::string class_name) {
  if (!limit.is_possible()) return nullptr;
  return [limit = std::move(limit), class_name = std::move(class_name)](const Endpoint& remote) {
    return !limit || limit.take(class_name + ":ip:" + remote.address_text()).allowed;
  };
}

}  // namespace ff::net
