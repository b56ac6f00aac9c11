#include "actors/application_server/pipeline/record.hpp"

#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"

namespace ff::application_server {
namespace {

AppDevice full() {
  const AppSession session{.dev_addr = DevAddr{0x260B4F1D},
                           .session_key_id = {1, 2},
                           .app_s_key = KeyEnvelope{{}, "kek", {9}},
                           .last_a_f_cnt_down = FCnt32{7},
                           .started_at = UtcTime{std::chrono::seconds{1}}};
  return {.ids = {{ApplicationId("app"), DeviceId("dev")}, DevEui{1}, JoinEui{2}, DevAddr{3}},
          .created_at = UtcTime{std::chrono::seconds{1}},
          .updated_at = UtcTime{std::chrono::seconds{2}},
          .activated_at = UtcTime{std::chrono::seconds{3}},
          .session = session,
          .pending_session = AppSession{},
          .skip_payload_crypto_override = false,
          .formatters = Bytes{5},
          .version_ids = DeviceVersionIds{"b", "m", "h", "f", "x"},
          .formatter_vectors = Bytes{6},
          .alliance_profile_ids = AllianceProfileIds{7, 8},
          .serial_number = "s"};
}

TEST(Record, ADeviceComesBackAsItWas) {
  for (const auto& device : {AppDevice{}, full()}) {
    const auto read = decode_device(encode_device(device));
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, device);
  }
}

TEST(Record, TheBytesOnDiskDoNotChange) {
  EXPECT_EQ(hex_lower(encode_device(full())),
            "010a120a0a0a0361707012036465761001180220031080a8d6b9071880d0acf30e2080f882ad162a1c089d"
            "9eadb0021202"
            "01021a0812036b656b1a010920072880a8d6b90732003800420105"
            "4a0f0a016212016d1a01682201662a0178520106"
            "5a0408071008"
            "620173");
}

TEST(Record, DamageIsAnErrorNeverACrash) {
  auto row = encode_device(full());
  for (std::size_t size = 0; size < row.size(); ++size) {
    auto cut = row;
    cut.resize(size);
    ignore(decode_device(cut), "must only not crash");
  }
  EXPECT_FALSE(decode_device(Bytes{}));
  row[0] = 9;
  EXPECT_FALSE(decode_device(row));
}

}  // namespace
}  // namespace ff::application_server
