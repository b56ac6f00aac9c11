#include "protocol/backend_interfaces/json_object.hpp"
#include "protocol/backend_interfaces/message.hpp"
#include "protocol/backend_interfaces/roaming_codec.hpp"

namespace ff::backend_interfaces {
namespace {

using detail::Object;

void put(Object& out, const Header& header) {
  out.text("ProtocolVersion", header.version == Version::v1_0 ? "1.0" : "1.1");
  out.number("TransactionID", header.transaction_id);
  out.text("MessageType", to_string(header.type));
  out.text("SenderID", header.sender_id);
  if (header.sender_ns_id) out.text("SenderNSID", *header.sender_ns_id);
  out.text("ReceiverID", header.receiver_id);
  if (header.receiver_ns_id) out.text("ReceiverNSID", *header.receiver_ns_id);
  out.bytes_if("SenderToken", header.sender_token);
  out.bytes_if("ReceiverToken", header.receiver_token);
}

struct BodyWriter {
  Object& out;
  Version version;

  void result(const Outcome& outcome) const {
    auto inner = out.object("Result");
    inner.text("ResultCode", to_string(outcome.code, version));
    inner.text_if("Description", outcome.description);
  }
  void operator()(const JoinReq& body) const {
    out.text("MACVersion", to_string(body.mac_version));
    out.bytes("PHYPayload", body.phy_payload);
    out.text("DevEUI", to_string(body.dev_eui));
    out.text("DevAddr", to_string(body.dev_addr));
    out.text("DLSettings", hex_upper(body.dl_settings, 2));
    out.number("RxDelay", body.rx_delay);
    out.bytes_if("CFList", body.cf_list);
  }
  void operator()(const JoinAns& body) const {
    out.bytes_if("PHYPayload", body.phy_payload);
    result(body.result);
    if (body.lifetime) out.number("Lifetime", *body.lifetime);
    out.key_envelope("SNwkSIntKey", body.s_nwk_s_int_key);
    out.key_envelope("FNwkSIntKey", body.f_nwk_s_int_key);
    out.key_envelope("NwkSEncKey", body.nwk_s_enc_key);
    out.key_envelope("NwkSKey", body.nwk_s_key);
    out.key_envelope("AppSKey", body.app_s_key);
    out.bytes_if("SessionKeyID", body.session_key_id);
  }
  void operator()(const AppSKeyReq& body) const {
    out.text("DevEUI", to_string(body.dev_eui));
    out.bytes("SessionKeyID", body.session_key_id);
  }
  void operator()(const AppSKeyAns& body) const {
    result(body.result);
    out.text("DevEUI", to_string(body.dev_eui));
    out.key_envelope("AppSKey", body.app_s_key);
    out.bytes_if("SessionKeyID", body.session_key_id);
  }
  void operator()(const HomeNsReq& body) const { out.text("DevEUI", to_string(body.dev_eui)); }
  void operator()(const HomeNsAns& body) const {
    result(body.result);
    if (!body.h_net_id) return;
    out.text("HNetID", to_string(*body.h_net_id));
    if (body.h_ns_id && version == Version::v1_1) out.text("HNSID", *body.h_ns_id);
    if (body.tenant_id.empty() && body.ns_address.empty()) return;
    // The Things Stack's extension. [spec events-cluster-discovery §8]
    auto extension = out.object("VSExtension");
    extension.text("VendorID", "EC656E");
    auto object = extension.object("Object");
    auto stack = object.object("TTSV3");
    stack.text_if("HTenantID", body.tenant_id);
    stack.text_if("HNSAddress", body.ns_address);
  }
  void operator()(const PrStartReq& body) const { detail::put(out, body); }
  void operator()(const PrStartAns& body) const {
    result(body.result);
    detail::put(out, body, version);
  }
  void operator()(const PrStopReq& body) const { detail::put(out, body); }
  void operator()(const XmitDataReq& body) const { detail::put(out, body); }
  void operator()(const XmitDataAns& body) const {
    result(body.result);
    detail::put(out, body);
  }
  void operator()(const OtherReq&) const {}
  void operator()(const OtherAns& body) const { result(body.result); }
};

}  // namespace

std::string encode(const Message& message) {
  std::string json;
  {
    Object out(json);
    put(out, message.header);
    std::visit(BodyWriter{out, message.header.version}, message.body);
  }
  return json;
}

}  // namespace ff::backend_interfaces
