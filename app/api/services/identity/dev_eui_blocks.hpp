// DevEUIs from the operator's blocks, each given out once. [spec identity-server §8]
#pragma once

#include "app/api/services/identity/identity.hpp"

namespace ff::api {

/// DevEUIs that begin with the same bits.
struct EuiBlock {
  DevEui first;             // its bits behind `length` are 0
  std::uint8_t length = 0;  // of the prefix, bits: 1 to 64
  std::uint64_t next = 0;   // counted from `first`
};

/// Adds a block: its DevEUIs are given out when the older blocks are used up. Errors:
/// dev_eui_block_invalid; when it is decided already_exists.
Result<identity_server::ChangeEntities> add_dev_eui_block(const EuiBlock& block);

/// The next DevEUI, counted for the application: of the oldest block that has one. The block in the
/// settings is as old as its first use. Errors: dev_eui_issuing_not_enabled,
/// application_dev_eui_limit_reached, no_eui_or_block_available, not_found() of the application.
void issue_dev_eui(const Identity& identity, const storage::EntityKey& application,
                   actors::Reply<DevEui> then);

}  // namespace ff::api
