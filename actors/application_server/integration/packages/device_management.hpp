// lora-cloud-device-management-v1: uplinks and joins go to a LoRa Cloud modem and device management
// server, what it answers to the device and the application. [spec integrations §5.2]
#pragma once

#include "actors/application_server/integration/packages/reaction.hpp"

namespace ff::application_server::packages {

/// Devices without a DevEUI are passed over. Errors: those of device_management_settings().
Reaction react_device_management(const Pair& pair, const Incoming& incoming,
                                 const Servers& servers);

/// The server's answer to one of these. Errors: those of parse_device_answer() and scans_in().
Reaction device_management_answered(const Pair& pair, const Incoming& incoming,
                                    const Servers& servers, std::string_view body);

}  // namespace ff::application_server::packages
