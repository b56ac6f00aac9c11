#include "protocol/formatter/wire.hpp"

#include <gtest/gtest.h>

namespace ff::formatter {
namespace {

Call full_call() {
  Call call{.id = 77,
            .function = Function::encode_downlink,
            .f_port = 15,
            .received_at = UtcTime{std::chrono::seconds{1'600'000'000}},
            .input = {1, 2, 3},
            .script = "function"};
  call.key.fill(9);
  return call;
}
Answer full_answer() {
  return {.id = 78,
          .ending = Ending::not_encodable,
          .retires = true,
          .text = "{}",
          .normalized = "[]",
          .paths = {"a", "b"},
          .compilations = {{false, std::chrono::microseconds{7}},
                           {true, std::chrono::microseconds{900'000}}}};
}

/// Frames as a socket gives them.
std::vector<Bytes> bodies(ByteView bytes, std::size_t piece) {
  FrameReader reader;
  std::vector<Bytes> out;
  while (!bytes.empty()) {
    const auto size = std::min(piece, bytes.size());
    reader.append(bytes.first(size));
    bytes = bytes.subspan(size);
    while (auto body = reader.next()) out.push_back(*std::move(body));
  }
  EXPECT_TRUE(reader.is_sound());
  return out;
}

TEST(Wire, WhatIsEncodedIsDecoded) {
  Call plain = full_call();
  plain.script.reset();
  plain.received_at.reset();
  for (const auto& call : {full_call(), plain})
    EXPECT_EQ(decode_call(bodies(encode(call), 1000).at(0)), call);
  for (const auto& answer : {full_answer(), Answer{}})
    EXPECT_EQ(decode_from_worker(bodies(encode(answer), 1000).at(0)), FromWorker(answer));
  EXPECT_EQ(decode_from_worker(bodies(encode(Ready{3}), 1000).at(0)), FromWorker(Ready{3}));
}

TEST(Wire, FramesAreFoundHoweverTheyAreCut) {
  Bytes stream;
  for (int i = 0; i < 20; ++i) {
    append(stream, encode(full_answer()));
    append(stream, encode(Ready{1}));
  }
  for (const std::size_t piece : {1, 2, 3, 7, 64, 1000})
    EXPECT_EQ(bodies(stream, piece).size(), 40U) << piece;
}

TEST(Wire, EveryTruncationIsRefused) {
  const auto call = bodies(encode(full_call()), 1000).at(0);
  for (std::size_t size = 0; size < call.size(); ++size)
    EXPECT_FALSE(decode_call(ByteView(call).first(size))) << size;
  const auto answer = bodies(encode(full_answer()), 1000).at(0);
  for (std::size_t size = 0; size < answer.size(); ++size)
    EXPECT_FALSE(decode_from_worker(ByteView(answer).first(size))) << size;
}

TEST(Wire, LengthsBeyondTheBoundAreTheEnd) {
  FrameReader reader;
  reader.append(Bytes{0xFF, 0xFF, 0xFF, 0xFF, 1});
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.is_sound());
  reader.append(encode(Ready{1}));
  EXPECT_FALSE(reader.next()) << "nothing after it can be trusted";
}

TEST(Wire, UnknownNumbersAreRefused) {
  auto answer = bodies(encode(full_answer()), 1000).at(0);
  answer[5] = 99;  // ending
  EXPECT_FALSE(decode_from_worker(answer));
  answer = bodies(encode(full_answer()), 1000).at(0);
  answer[6] = 2;  // retires
  EXPECT_FALSE(decode_from_worker(answer));
  EXPECT_FALSE(decode_call(answer)) << "another kind of frame";
}

}  // namespace
}  // namespace ff::formatter
