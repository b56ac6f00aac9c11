#include "actors/join_server/remote_join.hpp"

#include <algorithm>
#include <utility>

#include "actors/join_server/errors.hpp"

namespace ff::join_server {
namespace {

constexpr ErrorDef no_answer{"pkg/joinserver", "crypto_server_answer", Code::data_loss,
                             "the crypto server's answer has another form"};

const ErrorDef& failure_of(CryptoOperation operation) {
  switch (operation) {
    case CryptoOperation::join_request_mic:
    case CryptoOperation::join_accept_mic:
      return compute_mic;
    case CryptoOperation::encrypt_join_accept:
    case CryptoOperation::encrypt_rejoin_accept:
      return encrypt_payload;
    case CryptoOperation::derive_nwk_s_keys:
      return derive_nwk_s_keys;
    case CryptoOperation::derive_app_s_key:
      break;
  }
  return derive_app_s_key;
}

}  // namespace

std::string_view to_string(CryptoOperation operation) noexcept {
  constexpr std::array<std::string_view, crypto_operation_count> names{
      "join_request_mic",      "join_accept_mic",   "encrypt_join_accept",
      "encrypt_rejoin_accept", "derive_nwk_s_keys", "derive_app_s_key"};
  return names[static_cast<std::size_t>(operation)];
}

RemoteJoin::RemoteJoin(JoinTask task, const JoinDevice& device, const OwnKeys& own,
                       key_vault::KeyVaultPtr vault)
    : task_(std::move(task)), own_(own), vault_(std::move(vault)) {
  asked_.ids = device.ids;
  asked_.mac_version = task_.version;
  asked_.provisioner_id = device.provisioner_id;
  asked_.provisioning_data = device.provisioning_data;
  asked_.request_type = task_.type;
  asked_.join_nonce = task_.nonces.last_join_nonce;
  asked_.dev_nonce = task_.nonce;
  asked_.net_id = task_.net_id;
  const bool rejoin = task_.type != phy::JoinReqType::join_request;
  if (!own_.application) left_.push_back(CryptoOperation::derive_app_s_key);
  if (own_.network) return;
  left_.push_back(CryptoOperation::derive_nwk_s_keys);
  left_.push_back(rejoin ? CryptoOperation::encrypt_rejoin_accept
                         : CryptoOperation::encrypt_join_accept);
  left_.push_back(CryptoOperation::join_accept_mic);
  if (task_.has_root_mic()) left_.push_back(CryptoOperation::join_request_mic);
}

Status RemoteJoin::begin() {
  if (own_.network) {
    FF_CHECK(check_mic(task_, *own_.network));
    FF_TRY(secrets_.join_accept, seal_accept(task_, *own_.network));
    secrets_.network = network_keys_of(task_, *own_.network);
  }
  if (own_.application) secrets_.app_s_key = app_s_key_of(task_, *own_.application);
  return {};
}

Bytes RemoteJoin::accept_message() const {
  Bytes out{phy::encode_mhdr({phy::MType::join_accept, 0})};
  append(out, task_.accept);
  return out;
}

std::optional<CryptoQuestion> RemoteJoin::next() const {
  if (left_.empty()) return std::nullopt;
  auto out = asked_;
  out.operation = left_.back();
  switch (out.operation) {
    case CryptoOperation::join_request_mic:
      out.payload = task_.signed_part;
      break;
    case CryptoOperation::join_accept_mic:
      out.payload = accept_message();
      break;
    case CryptoOperation::encrypt_join_accept:
    case CryptoOperation::encrypt_rejoin_accept:
      out.payload = task_.accept;
      append(out.payload, accept_mic_);
      break;
    case CryptoOperation::derive_nwk_s_keys:
    case CryptoOperation::derive_app_s_key:
      break;
  }
  return out;
}

Status RemoteJoin::take(const Result<CryptoAnswer>& answer) {
  const auto operation = left_.back();
  left_.pop_back();
  if (!answer) return fail(Error(failure_of(operation)).caused_by(answer.error()));
  auto taken = take_operation(operation, *answer);
  if (taken || taken.error().is(join::mic_mismatch)) return taken;
  return fail(Error(failure_of(operation)).caused_by(taken.error()));
}

Status RemoteJoin::take_operation(CryptoOperation operation, const CryptoAnswer& answer) {
  switch (operation) {
    case CryptoOperation::join_request_mic:
      if (answer.payload.size() != phy::mic_size) return fail(no_answer);
      if (read_le<phy::mic_size>(answer.payload) != task_.mic.value())
        return fail(join::mic_mismatch);
      return {};
    case CryptoOperation::join_accept_mic:
      if (answer.payload.size() != phy::mic_size) return fail(no_answer);
      accept_mic_ = answer.payload;
      return {};
    case CryptoOperation::encrypt_join_accept:
    case CryptoOperation::encrypt_rejoin_accept:
      if (answer.payload.size() != task_.accept.size() + phy::mic_size) return fail(no_answer);
      secrets_.join_accept = {phy::encode_mhdr({phy::MType::join_accept, 0})};
      append(secrets_.join_accept, answer.payload);
      return {};
    case CryptoOperation::derive_nwk_s_keys:
      return take_network_keys(answer);
    case CryptoOperation::derive_app_s_key:
      break;
  }
  if (is_empty(answer.app_s_key)) return fail(no_answer);
  FF_TRY(secrets_.app_s_key, vault_->unwrap(answer.app_s_key));
  return {};
}

Status RemoteJoin::take_network_keys(const CryptoAnswer& answer) {
  if (is_empty(answer.f_nwk_s_int_key)) return fail(no_answer);
  auto& keys = secrets_.network;
  FF_TRY(keys.f_nwk_s_int_key, vault_->unwrap(answer.f_nwk_s_int_key));
  if (!task_.is_1_1()) {
    keys.s_nwk_s_int_key = keys.nwk_s_enc_key = keys.f_nwk_s_int_key;
    return {};
  }
  if (is_empty(answer.s_nwk_s_int_key) || is_empty(answer.nwk_s_enc_key)) return fail(no_answer);
  FF_TRY(keys.s_nwk_s_int_key, vault_->unwrap(answer.s_nwk_s_int_key));
  FF_TRY(keys.nwk_s_enc_key, vault_->unwrap(answer.nwk_s_enc_key));
  return {};
}

}  // namespace ff::join_server
