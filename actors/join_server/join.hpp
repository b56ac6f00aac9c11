// The join itself: a join- or rejoin-request against a device's record gives its next record and
// the answer. Pure; making the next record durable before the answer leaves is the shard's.
#pragma once

#include "actors/join_server/activation/settings.hpp"
#include "actors/join_server/config.hpp"
#include "actors/join_server/device.hpp"
#include "actors/join_server/errors.hpp"
#include "actors/join_server/messages.hpp"
#include "actors/join_server/remote_join.hpp"

namespace ff::join_server {

/// Steps 2 to 7 of [spec join-server §2], which need no record: version, frame, EUIs.
/// Errors: mac_version, decode_payload, lorawan_major_version, payload_type, no_dev_eui,
/// unknown_join_eui.
[[nodiscard]] Status check_join_request(const HandleJoin& request, const Config& config);

/// The device as read from a store that has been told to jump by `jump`: JoinNonces that may have
/// been given out since a restored backup are left out. At most the highest JoinNonce, which ends
/// joins with join_nonce_too_high rather than repeat one.
[[nodiscard]] JoinDevice with_counter_jump(JoinDevice device, std::uint64_t jump);

/// What a request is judged with beside the device: fixed for the request.
struct JoinInputs {
  UtcTime now;
  SessionKeyId session_key_id;             // fresh
  key_vault::KeyVaultPtr vault;            // null: empty
  activation::SettingsMapPtr activations;  // null: none
};
struct Joined {
  JoinDevice next;
  network_server::JoinAnswer answer;
};
/// Steps 10 to 18, after check_join_request. A replayed DevNonce is reported before a wrong MIC,
/// and no error uses up a nonce. Errors: those of join::next_nonces, join::select_root_keys,
/// join::check_join_request_mic and join::check_rejoin_request_mic; kek, unwrap_key, wrap_key,
/// encode_payload; of a request from outside no_net_id, net_id_mismatch, caller_not_authorized.
[[nodiscard]] Result<Joined> join_device(const JoinDevice& device, const HandleJoin& request,
                                         const Config& config, const JoinInputs& inputs);

/// The same as far as it goes without keys that a crypto server has. Nothing: join_device does it,
/// because we have them, or nobody. Errors: those of join_device.
[[nodiscard]] Result<std::optional<RemoteJoin>> begin_remote_join(const JoinDevice& device,
                                                                  const HandleJoin& request,
                                                                  const Config& config,
                                                                  const JoinInputs& inputs);
struct JoinSurroundings {
  const Config& config;
  const JoinInputs& inputs;
};
/// Steps 16 to 18, when keys have done their part. Errors: kek, wrap_key.
[[nodiscard]] Result<Joined> finish_join(const JoinDevice& device, const HandleJoin& request,
                                         const JoinSurroundings& with, const JoinTask& task,
                                         const JoinSecrets& secrets);

}  // namespace ff::join_server
