// The commands of applications, gateways, users, organizations and OAuth clients, of what belongs
// to them, and of the audit log. [spec cli §4] Not end devices.
#pragma once

#include "app/cli/command/command.hpp"

namespace ff::cli {

/// All of this folder.
void add_entity_commands(Command& root);

/// INTERNAL: the parts.
void add_registry_commands(Command& root);
void add_gateway_commands(Command& root);
void add_user_commands(Command& root);
void add_notification_commands(Command& root);
void add_integration_commands(Command& root);
void add_audit_commands(Command& root);

}  // namespace ff::cli
