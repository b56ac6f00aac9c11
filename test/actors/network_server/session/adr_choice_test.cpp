#include "actors/network_server/session/adr_choice.hpp"

#include <gtest/gtest.h>

#include "protocol/mac/adr/two_way.hpp"

namespace ff::network_server {
namespace {

using mac::adr::reference_adr;
using mac::adr::two_way_adr;

DeviceUid device(const char* application, const char* id) {
  return {ApplicationId(application), DeviceId(id)};
}

TEST(AdrChoice, IsTheReferencesUnlessToldOtherwise) {
  EXPECT_EQ(AdrChoice{}.of(device("parking", "p-1")), &reference_adr);
}

TEST(AdrChoice, TheNearestNameWins) {
  AdrChoice choice;
  choice.algorithm = two_way_adr;
  choice.exceptions = {{"meters", reference_adr}, {"meters.roof", two_way_adr}};
  EXPECT_EQ(choice.of(device("parking", "p-1")), &two_way_adr);
  EXPECT_EQ(choice.of(device("meters", "hall")), &reference_adr);
  EXPECT_EQ(choice.of(device("meters", "roof")), &two_way_adr);
  EXPECT_EQ(choice.of(device("meters-2", "hall")), &two_way_adr);
}

}  // namespace
}  // namespace ff::network_server
