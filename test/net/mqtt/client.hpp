// The client's end of an MQTT connection: packets in, packets out. For tests only.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net/mqtt/codec/decoder.hpp"
#include "net/mqtt/codec/encoder.hpp"
#include "net/stream/network.hpp"

namespace ff::mqtt {

class Client final : public net::StreamHandler {
 public:
  explicit Client(Version used = Version::v3_1_1) : version(used), decoder_({}, used) {}

  /// Connects on `network`; the loop has to run.
  static std::shared_ptr<Client> connect(net::StreamNetwork& network, const net::Endpoint& server,
                                         Version version = Version::v3_1_1) {
    auto client = std::make_shared<Client>(version);
    net::ConnectOptions options;
    const auto text = server.to_string();
    options.host = text.substr(0, text.rfind(':'));
    options.port = static_cast<std::uint16_t>(std::stoi(text.substr(text.rfind(':') + 1)));
    network.connect(options,
                    [client](Result<std::shared_ptr<net::Stream>> stream)
                        -> std::shared_ptr<net::StreamHandler> {
                      client->closed = !stream;
                      if (!stream) return nullptr;
                      client->stream = *stream;
                      for (const auto& packet : std::exchange(client->waiting_, {}))
                        client->send(packet);
                      return client;
                    });
    return client;
  }

  void send(const Packet& packet) {
    if (!stream) return waiting_.push_back(packet);
    stream->write(encode(packet, version).flat());
  }

  void on_data(ByteView bytes) override {
    decoder_.append(bytes);
    while (auto packet = decoder_.next()) {
      if (!*packet) return;
      packets.push_back(**std::move(packet));
    }
  }
  void on_closed(net::CloseReason) override { closed = true; }

  /// The first packet of this type that was not taken yet.
  template <class P>
  std::optional<P> take() {
    for (auto found = packets.begin(); found != packets.end(); ++found) {
      if (auto* packet = std::get_if<P>(&*found)) {
        auto out = std::move(*packet);
        packets.erase(found);
        return out;
      }
    }
    return std::nullopt;
  }

  const Version version;
  std::shared_ptr<net::Stream> stream;
  std::vector<Packet> packets;
  bool closed = false;

 private:
  Decoder decoder_;
  std::vector<Packet> waiting_;
};

}  // namespace ff::mqtt
