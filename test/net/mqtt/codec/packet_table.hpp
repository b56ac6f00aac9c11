// Packets of all types and versions beside their bytes, written down from the standards. For tests
// only.
#pragma once

#include <string>
#include <vector>

#include "net/mqtt/codec/packet.hpp"

namespace ff::mqtt {

struct PacketRow {
  std::string name;
  Version version;
  std::string hex;
  Packet packet;
};

/// Rows whose bytes are what the encoder must produce.
std::vector<PacketRow> canonical_packets();
/// Rows that must be understood and that the encoder writes in another form.
std::vector<PacketRow> tolerated_packets();

}  // namespace ff::mqtt
