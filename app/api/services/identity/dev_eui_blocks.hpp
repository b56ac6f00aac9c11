// DevEUIs from the operator's block, each given out once. [spec identity-server §8]
#pragma once

#include "app/api/services/identity/identity.hpp"

namespace ff::api {

/// The next DevEUI of the block, counted for the application. Errors: dev_eui_issuing_not_enabled,
/// application_dev_eui_limit_reached, no_eui_or_block_available, not_found() of the application.
void issue_dev_eui(const Identity& identity, const storage::EntityKey& application,
                   actors::Reply<DevEui> then);

}  // namespace ff::api
