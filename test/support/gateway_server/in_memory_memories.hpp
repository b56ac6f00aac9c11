// GatewayMemories in memory: what was remembered, in order; answers at once, or never.
#pragma once

#include <algorithm>
#include <vector>

#include "actors/gateway_server/connection/errors.hpp"
#include "actors/gateway_server/connection/gateway_memory.hpp"

namespace ff::test {

class InMemoryMemories final : public gateway_server::GatewayMemories {
 public:
  struct Stored {
    GatewayId gateway_id;
    gateway_server::GatewayMemory memory;
  };
  std::vector<Stored> stored;
  bool is_silent = false;

  void remember(const GatewayId& gateway_id, gateway_server::GatewayMemory memory) override {
    stored.push_back({gateway_id, std::move(memory)});
  }
  void recall(const GatewayId& gateway_id,
              actors::Reply<gateway_server::GatewayMemory> reply) override {
    if (is_silent) return;
    const auto found = std::find_if(stored.rbegin(), stored.rend(),
                                    [&](const auto& row) { return row.gateway_id == gateway_id; });
    if (found == stored.rend()) return reply(fail(gateway_server::not_connected));
    reply(found->memory);
  }
};

}  // namespace ff::test
