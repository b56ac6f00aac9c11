#include "app/api/services/gateway_stream.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

#include "protocol/gateway/api_v3/downstream.hpp"
#include "protocol/gateway/api_v3/upstream.hpp"

namespace ff::api {
namespace {

namespace api_v3 = gateway::api_v3;
using namespace gateway_server;  // The messages of links.
using ttn::lorawan::v3::GatewayDown;

/// The strongest reception stands for all of the same payload. [spec gateway-server §7]
void add_best(std::vector<UplinkFrame>& frames, UplinkFrame frame) {
  const auto same = std::ranges::find(frames, frame.phy_payload, &UplinkFrame::phy_payload);
  if (same == frames.end()) {
    frames.push_back(std::move(frame));
  } else if (frame.rx_metadata.front().rssi_dbm > same->rx_metadata.front().rssi_dbm) {
    *same = std::move(frame);
  }
}

/// One decoder, the one that is fuzzed, for MQTT and gRPC.
std::string bytes_of_message(const google::protobuf::Message& message) {
  return message.SerializeAsString();
}

}  // namespace

void GatewayStream::opened(const LinkHandle& link) {
  const char* closed = nullptr;
  {
    const std::scoped_lock lock(mutex_);
    closed = closed_;
    if (closed == nullptr) link_ = link;
  }
  // The client did not wait.
  if (closed != nullptr)
    caf::anon_send(link, LinkClosed{Error(stream_closed, {{"reason", closed}})});
}

void GatewayStream::ready(const ConnectionReady&) {
  {
    const std::scoped_lock lock(mutex_);
    ready_ = true;
  }
  messages_->open();
  read();
}

void GatewayStream::read() {
  messages_->read([self = shared_from_this()](const ttn::lorawan::v3::GatewayUp* up) {
    if (up == nullptr) return self->close("the gateway has ended it");
    self->receive(*up);
  });
}

void GatewayStream::receive(const ttn::lorawan::v3::GatewayUp& up) {
  // Lives until all is decoded, and the link has all of it: then `up` may be overwritten.
  const auto taken = std::make_shared<const Taken>([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->read();
  });
  gateway_server::GatewayUp out;
  for (const auto& message : up.uplink_messages()) {
    auto frame = api_v3::decode_uplink(as_bytes(bytes_of_message(message)), now_());
    if (!frame) {
      tell(Malformed{frame.error()}, taken);
    } else {
      add_best(out.uplinks, *std::move(frame));
    }
  }
  if (up.has_gateway_status()) {
    auto status = api_v3::decode_status(as_bytes(bytes_of_message(up.gateway_status())));
    if (!status) {
      tell(Malformed{status.error(), true}, taken);
    } else {
      out.status = *std::move(status);
    }
  }
  if (!out.uplinks.empty() || out.status) tell(std::move(out), taken);
  if (!up.has_tx_acknowledgment()) return;
  const auto report =
      api_v3::decode_tx_acknowledgment(as_bytes(bytes_of_message(up.tx_acknowledgment())));
  if (!report) return tell(Malformed{report.error()}, taken);
  tell(TxAcked{DownlinkToken{report->token}, report->result, {}, {}}, taken);
}

void GatewayStream::tell(LinkMessage message, std::shared_ptr<const Taken> taken) {
  LinkHandle link;
  {
    const std::scoped_lock lock(mutex_);
    link = link_;
  }
  if (link) caf::anon_send(link, LinkReceived{std::move(message), std::move(taken)});
}

void GatewayStream::send(const SendDownlink& downlink) {
  const auto bytes = api_v3::encode_gateway_down(downlink.downlink, downlink.correlation_ids,
                                                 downlink.token.value());
  GatewayDown down;
  if (down.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) &&
      messages_->write(std::move(down)))
    return;
  // The network server may try another gateway; this one has left, or does not read.
  tell(TxAcked{downlink.token, TxResult::unknown_error, {}, {}});
  close("the gateway does not read");
}

void GatewayStream::ended(const Error& reason) {
  bool ready = false;
  {
    const std::scoped_lock lock(mutex_);
    link_ = nullptr;
    ready = ready_;
  }
  if (reason.is(stream_closed)) return messages_->finish({});
  if (ready) return messages_->finish(fail(reason));
  messages_->finish(fail(Error(connect_gateway, {{"gateway_uid", uid_}}).caused_by(reason)));
}

void GatewayStream::close(const char* reason) {
  LinkHandle link;
  {
    const std::scoped_lock lock(mutex_);
    if (closed_ == nullptr) closed_ = reason;
    link = std::exchange(link_, nullptr);
  }
  if (link) caf::anon_send(link, LinkClosed{Error(stream_closed, {{"reason", reason}})});
}

}  // namespace ff::api
