// Joins and session keys between domain and protobuf. Keys are wrapped here, where they leave.
#pragma once

#include "actors/join_server/messages.hpp"
#include "app/api/services/mapping/values.hpp"
#include "protocol/key_vault/key_vault.hpp"
#include "ttn/lorawan/v3/join.pb.h"
#include "ttn/lorawan/v3/joinserver.pb.h"

namespace ff::api {

/// Of a join-request; its EUIs are those of the frame. Errors: of join::parse_join_request,
/// join::encode_dl_settings and join::encode_cf_list.
Result<join_server::HandleJoin> join_of(const pb::JoinRequest& request);
/// Errors: of KeyVault::wrap.
Result<pb::JoinResponse> to_proto(const network_server::JoinAnswer& answer,
                                  const key_vault::KeyVault& vault);
/// The three network keys, under the answer's label. Errors: of KeyVault::wrap.
Status put_network_keys(const network_server::JoinAnswer& answer, const key_vault::KeyVault& vault,
                        pb::NwkSKeysResponse& out);

}  // namespace ff::api
