#include "storage/keys/keys.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "protocol/base/hex.hpp"
#include "storage/keys/meta_keys.hpp"

namespace ff::storage {
namespace {

const DeviceUid uid{ApplicationId("app"), DeviceId("dev")};
const DeviceKey device{Shard{0x0102}, uid};
const JoinKey join_key{JoinEui{0x70B3D57ED0000001}, DevEui{0x0004A30B001A2B3C}};
const UtcTime time_1ns{Duration(0x0102030405060708)};

// app = 617070, dev = 646576; both end in 0001.
TEST(Keys, BytesAreOnDiskAndNeverChange) {
  struct Row {
    const char* name;
    Bytes key;
    const char* hex;
  };
  const Row rows[] = {
      {"shard prefix", shard_prefix(Shard{0x0102}), "0102"},
      {"device", device_key(device), "010261707000016465760001"},
      {"application prefix", application_prefix(Shard{0x0102}, uid.application_id),
       "01026170700001"},
      {"downlink queue", downlink_queue_key({device, QueuePosition{5}}),
       "0102617070000164657600010000000000000005"},
      {"address", address_key({Shard{3}, DevAddr{0x26011234}, uid}),
       "00032601123461707000016465760001"},
      {"address prefix", address_prefix(Shard{3}, DevAddr{0x26011234}), "000326011234"},
      {"join record", join_record_key(Shard{3}, join_key),
       "000370b3d57ed00000010004a30b001a2b3c00"},
      {"used nonce", dev_nonce_key(Shard{3}, join_key, DevNonce{0xABCD}),
       "000370b3d57ed00000010004a30b001a2b3c01abcd"},
      {"join prefix", join_prefix(Shard{3}, join_key), "000370b3d57ed00000010004a30b001a2b3c"},
      {"nonce prefix", dev_nonce_prefix(Shard{3}, join_key),
       "000370b3d57ed00000010004a30b001a2b3c01"},
      {"outbox", outbox_key({Shard{3}, uid.application_id, OutboxSequence{0x0A}}),
       "00036170700001000000000000000a"},
      {"cursor", cursor_key({Shard{3}, uid.application_id, "w/1"}), "00036170700001772f310001"},
      {"frame log", frame_log_key({device, time_1ns, 9}),
       "01026170700001646576000101020304050607080000000000000009"},
      {"series", series_key({"m", 60, time_1ns}), "6d00010000003c0102030405060708"},
      {"series prefix", series_prefix("m", 60), "6d00010000003c"},
      {"meta", meta_key("boot_epoch"), "626f6f745f65706f63680001"},
      {"meta part", meta_key("a", "b"), "610001620001"},
      {"meta part of a shard", meta_key("a", "b", Shard{0x0102}), "6100016200010102"},
  };
  for (const auto& row : rows) EXPECT_EQ(hex_lower(row.key), row.hex) << row.name;
}

TEST(Keys, ParsersInvertBuilders) {
  EXPECT_EQ(parse_device_key(device_key(device)), device);
  DownlinkQueueKey queue{device, QueuePosition{~0ULL}};
  EXPECT_EQ(parse_downlink_queue_key(downlink_queue_key(queue)), queue);
  AddressKey address{Shard{3}, DevAddr{0xFFFFFFFF}, uid};
  EXPECT_EQ(parse_address_key(address_key(address)), address);
  EXPECT_EQ(parse_join_key(join_record_key(Shard{3}, join_key)),
            (ParsedJoinKey{Shard{3}, join_key, std::nullopt}));
  EXPECT_EQ(parse_join_key(dev_nonce_key(Shard{3}, join_key, DevNonce{0})),
            (ParsedJoinKey{Shard{3}, join_key, DevNonce{0}}));
  OutboxKey outbox{Shard{3}, uid.application_id, OutboxSequence{1}};
  EXPECT_EQ(parse_outbox_key(outbox_key(outbox)), outbox);
  CursorKey cursor{Shard{3}, uid.application_id, std::string("a\0b", 3)};
  EXPECT_EQ(parse_cursor_key(cursor_key(cursor)), cursor);
  FrameLogKey frame{device, time_1ns, 4};
  EXPECT_EQ(parse_frame_log_key(frame_log_key(frame)), frame);
  SeriesKey series{"a/b", 3600, time_1ns};
  EXPECT_EQ(parse_series_key(series_key(series)), series);
}

template <class Parse>
void expect_total(const Bytes& key, const Parse& parse) {
  for (std::size_t size = 0; size < key.size(); ++size) {
    auto parsed = parse(ByteView(key).first(size));
    ASSERT_FALSE(parsed) << size;
    EXPECT_TRUE(parsed.error().is(malformed_key));
  }
  auto longer = key;
  longer.push_back(0);
  EXPECT_FALSE(parse(longer));
}

TEST(Keys, ParsersRefuseEveryCutAndLengthenedKey) {
  expect_total(device_key(device), parse_device_key);
  expect_total(downlink_queue_key({device, QueuePosition{1}}), parse_downlink_queue_key);
  expect_total(address_key({Shard{3}, DevAddr{1}, uid}), parse_address_key);
  expect_total(join_record_key(Shard{3}, join_key), parse_join_key);
  expect_total(outbox_key({Shard{3}, uid.application_id, OutboxSequence{1}}), parse_outbox_key);
  expect_total(cursor_key({Shard{3}, uid.application_id, "x"}), parse_cursor_key);
  expect_total(frame_log_key({device, time_1ns, 1}), parse_frame_log_key);
  expect_total(series_key({"x", 1, time_1ns}), parse_series_key);
}

TEST(Keys, UsedNonceCutToOneByteIsRefused) {
  auto key = dev_nonce_key(Shard{3}, join_key, DevNonce{0xABCD});
  key.pop_back();
  EXPECT_FALSE(parse_join_key(key));
  EXPECT_FALSE(parse_join_key(Bytes(19, 2)));
}

TEST(Keys, TimesThatNoBuilderWritesAreRefused) {
  EXPECT_FALSE(parse_series_key(*parse_hex("6d00010000003cffffffffffffffff")));
}

/// They are kept as 1970: no key has a time that sorts behind all others.
TEST(Keys, TimesBefore1970SortFirst) {
  const UtcTime before{std::chrono::seconds{-1}};
  EXPECT_EQ(series_key({"x", 1, before}), series_key({"x", 1, UtcTime()}));
  EXPECT_LT(series_key({"x", 1, before}), series_key({"x", 1, time_1ns}));
  EXPECT_EQ(frame_log_key({device, before, 1}), frame_log_key({device, UtcTime(), 1}));
}

TEST(Keys, PrefixesCoverTheirKeysAndNoOthers) {
  auto starts = [](const Bytes& key, const Bytes& prefix) {
    return as_text(key).starts_with(as_text(prefix));
  };
  auto key_of = [](const char* application, const char* name) {
    return device_key({Shard{1}, {ApplicationId(application), DeviceId(name)}});
  };
  auto prefix = application_prefix(Shard{1}, ApplicationId("app"));
  EXPECT_TRUE(starts(key_of("app", "dev"), prefix));
  EXPECT_FALSE(starts(key_of("app1", "dev"), prefix));
  EXPECT_FALSE(starts(key_of("ap", "pdev"), prefix));
  EXPECT_TRUE(
      starts(downlink_queue_key({{Shard{1}, uid}, QueuePosition{1}}), key_of("app", "dev")));
  EXPECT_FALSE(starts(key_of("app", "dev-2"), key_of("app", "dev")));
}

TEST(Keys, QueueAndOutboxSortByNumber) {
  std::uint64_t last = 0;
  for (std::uint64_t n : {1ULL, 255ULL, 256ULL, 65536ULL, 1ULL << 40, ~0ULL}) {
    EXPECT_LT(downlink_queue_key({device, QueuePosition{last}}),
              downlink_queue_key({device, QueuePosition{n}}));
    EXPECT_LT(outbox_key({Shard{1}, uid.application_id, OutboxSequence{last}}),
              outbox_key({Shard{1}, uid.application_id, OutboxSequence{n}}));
    last = n;
  }
}

}  // namespace
}  // namespace ff::storage
