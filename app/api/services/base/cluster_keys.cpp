#include "app/api/services/base/cluster_keys.hpp"

#include <algorithm>

#include "protocol/base/hex.hpp"
#include "protocol/crypto/digest.hpp"

namespace ff::api {

Status ClusterKeys::check(const Call& call) const {
  constexpr std::string_view scheme = "ClusterKey";
  const auto value = call.find("authorization");
  if (value.empty()) return fail(no_cluster_key);
  const auto space = std::min(value.find(' '), value.size());
  if (value.substr(0, space) != scheme)
    return fail(cluster_auth_type, {{"auth_type", value.substr(0, space)}});
  const auto given = parse_hex(value.substr(std::min(space + 1, value.size())));
  bool belongs = false;
  for (const auto& key : keys_) belongs |= given && crypto::equal_in_constant_time(key, *given);
  if (!belongs) return fail(wrong_cluster_key);
  return {};
}

}  // namespace ff::api
