#include "actors/join_server/join_task.hpp"

#include "protocol/join/join_accept.hpp"

namespace ff::join_server {
namespace {

join::SessionKeys derive(const JoinTask& task, const Aes128Key& network_key,
                         const Aes128Key& application_key) {
  const auto context = task.key_context();
  return task.is_1_1() ? join::derive_session_keys_1_1(network_key, application_key, context)
                       : join::derive_session_keys_1_0(network_key, application_key, context);
}

}  // namespace

Status check_mic(const JoinTask& task, const Aes128Key& network_key) {
  if (!task.has_root_mic()) return {};
  const bool rejoin = task.type == phy::JoinReqType::rejoin_full_context;
  FF_TRY(const auto mic,
         rejoin ? phy::rejoin_request_mic(join::derive_js_int_key(network_key, task.dev_eui),
                                          task.signed_part)
                : phy::join_request_mic(network_key, task.signed_part));
  if (mic != task.mic) return fail(join::mic_mismatch);
  return {};
}

Result<Bytes> seal_accept(const JoinTask& task, const Aes128Key& network_key) {
  return join::seal_join_accept(task.accept, join::join_accept_keys(network_key, task.dev_eui),
                                task.accept_context());
}

phy::NetworkSessionKeys network_keys_of(const JoinTask& task, const Aes128Key& network_key) {
  return derive(task, network_key, Aes128Key{}).network;
}

Aes128Key app_s_key_of(const JoinTask& task, const Aes128Key& application_key) {
  return derive(task, Aes128Key{}, application_key).app_s_key;
}

}  // namespace ff::join_server
