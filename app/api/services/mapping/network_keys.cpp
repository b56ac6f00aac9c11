#include "app/api/services/mapping/network_keys.hpp"

#include "app/api/services/mapping/values.hpp"

namespace ff::api {

void put_network_keys(const mac::NetworkSessionKeys& keys, pb::SessionKeys& out) {
  out.set_session_key_id(text_of(keys.session_key_id));
  put_key(keys.f_nwk_s_int_key, *out.mutable_f_nwk_s_int_key());
  put_key(keys.s_nwk_s_int_key, *out.mutable_s_nwk_s_int_key());
  put_key(keys.nwk_s_enc_key, *out.mutable_nwk_s_enc_key());
}

mac::NetworkSessionKeys network_keys_of(const pb::SessionKeys& keys) {
  return {bytes_of(keys.session_key_id()),
          plain_key_of(keys.f_nwk_s_int_key()).value_or(Aes128Key()),
          plain_key_of(keys.s_nwk_s_int_key()).value_or(Aes128Key()),
          plain_key_of(keys.nwk_s_enc_key()).value_or(Aes128Key())};
}

}  // namespace ff::api
