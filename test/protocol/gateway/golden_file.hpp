// Golden messages of gateways, as protobuf's own encoder wrote them.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "protocol/base/bytes.hpp"

namespace ff::gateway {

/// `gateway_mqtt/uplink_lora`
inline Bytes golden(const std::string& name) {
  std::ifstream file(std::string(FF_GOLDEN_DIR) + "/" + name + ".bin", std::ios::binary);
  EXPECT_TRUE(file) << name;
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

}  // namespace ff::gateway
