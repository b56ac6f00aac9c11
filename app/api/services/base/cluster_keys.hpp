// ClusterKeys: how other processes of this cluster prove that they belong to it. Not users' rights.
// [spec events-cluster-discovery §6.2]
#pragma once

#include <vector>

#include "app/api/call.hpp"
#include "protocol/base/bytes.hpp"

namespace ff::api {

inline constexpr ErrorDef no_cluster_key{"pkg/auth/cluster", "no_cluster_key",
                                         Code::unauthenticated, "missing cluster key"};
inline constexpr ErrorDef cluster_auth_type{"pkg/auth/cluster", "auth_type", Code::invalid_argument,
                                            "cluster authentication type `{auth_type}` is not "
                                            "supported"};
inline constexpr ErrorDef wrong_cluster_key{"pkg/auth/cluster", "cluster_key",
                                            Code::permission_denied, "wrong cluster key"};

/// Immutable; any thread. Without keys nobody belongs to the cluster.
class ClusterKeys {
 public:
  ClusterKeys() = default;
  explicit ClusterKeys(std::vector<Bytes> keys) : keys_(std::move(keys)) {}
  /// Errors: those above.
  Status check(const Call& call) const;

 private:
  std::vector<Bytes> keys_;
};

}  // namespace ff::api
