// Receptions of uplinks, as applications and operators see them.
#pragma once

#include "protocol/types/frames.hpp"
#include "ttn/lorawan/v3/lorawan.pb.h"
#include "ttn/lorawan/v3/metadata.pb.h"

namespace ff::api {

void put_metadata(const RxMetadata& metadata, ttn::lorawan::v3::RxMetadata& out);
void put_settings(const UplinkSettings& settings, ttn::lorawan::v3::TxSettings& out);

}  // namespace ff::api
