#include "protocol/join/cf_list.hpp"

#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"
#include "protocol/phy/errors.hpp"
#include "test/support/lorawan_vectors.hpp"

namespace ff::join {
namespace {

using ff::test::bytes_at;
using ff::test::integer_at;
using ff::test::Vector;

CfList cf_list_of(const boost::json::value& expected) {
  const auto& object = expected.as_object();
  if (integer_at(expected, "type") == 1) {
    CfListChannelMasks list;
    std::size_t i = 0;
    for (const auto& mask : object.at("channel_masks").as_array())
      list.masks.at(i++) = mask.to_number<std::uint16_t>();
    return list;
  }
  CfListFrequencies list;
  const bool in_hz = object.contains("frequencies_hz");
  std::size_t i = 0;
  for (const auto& value : object.at(in_hz ? "frequencies_hz" : "frequencies_100hz").as_array()) {
    list.frequencies.at(i++) = Frequency::hz(value.to_number<std::uint64_t>() * (in_hz ? 1 : 100));
  }
  return list;
}

void run_encode(const Vector& vector) {
  const auto bytes = bytes_at(vector.input, "bytes");
  const auto wanted = cf_list_of(vector.expected);
  EXPECT_EQ(decode_cf_list(bytes).value(), wanted);
  EXPECT_EQ(encode_cf_list(wanted).value(), bytes);
}

void run_generate(const Vector& vector) {
  std::vector<CfListChannel> channels;
  // The vector for US_902_928 lists the channels from 903.7 MHz on, which is channel 7.
  if (vector.input.at("band").as_string() == "US_902_928") channels.resize(7);
  for (const auto& channel : vector.input.at("channels").as_array()) {
    channels.push_back({Frequency::hz(integer_at(channel, "frequency_hz")),
                        ff::test::flag_at(channel, "enable_uplink")});
  }
  if (vector.expected.as_object().contains("cflist")) {
    EXPECT_EQ(make_cf_list(std::nullopt, channels, 0), std::nullopt);
    return;
  }
  // Three default channels in EU_863_870; masks count from the first.
  const auto type = static_cast<CfListType>(integer_at(vector.expected, "type"));
  const auto list = make_cf_list(type, channels, 3);
  ASSERT_TRUE(list);
  EXPECT_EQ(*list, cf_list_of(vector.expected));
  EXPECT_EQ(encode_cf_list(*list).value(), bytes_at(vector.expected, "bytes"));
}

TEST(CfList, ReproducesTheVectors) {
  std::size_t ran = 0;
  for (const auto& vector : ff::test::lorawan_vectors("cflist")) {
    SCOPED_TRACE(vector.id);
    vector.kind == "cflist_generate" ? run_generate(vector) : run_encode(vector);
    ++ran;
  }
  EXPECT_EQ(ran, 8U);
}

TEST(CfList, RefusesOtherSizesAndTypes) {
  EXPECT_TRUE(decode_cf_list(Bytes(15, 0)).error().is(phy::field_length_equal));
  EXPECT_TRUE(decode_cf_list(Bytes(16, 2)).error().is(phy::unknown_field));
}

TEST(CfList, RefusesFrequenciesBeyond24BitsOfSteps) {
  CfListFrequencies list;
  list.frequencies[4] = Frequency::hz(2'403'000'000);
  EXPECT_TRUE(encode_cf_list(list).error().is(max_cf_list_frequency));
  const auto bytes = encode_cf_list(list, 200).value();
  EXPECT_EQ(decode_cf_list(bytes, 200).value(), CfList(list));
}

TEST(MakeCfList, TakesNoMoreChannelsThanThereIsRoom) {
  const std::vector<CfListChannel> channels(200, {Frequency::hz(868'100'000), true});
  const auto masks =
      std::get<CfListChannelMasks>(*make_cf_list(CfListType::channel_masks, channels, 0));
  for (const auto mask : masks.masks) EXPECT_EQ(mask, 0xffff);
  EXPECT_EQ(make_cf_list(CfListType::frequencies, {}, 3), CfList(CfListFrequencies{}));
}

}  // namespace
}  // namespace ff::join
