// Buoy Light: where it is, in ten-thousandths of a degree, and whether its lamp burns.
function signed(bytes, at) {
  return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
}

function decodeUplink(input) {
  return {
    data: {
      latitude: signed(input.bytes, 0) / 10000,
      longitude: signed(input.bytes, 4) / 10000,
      lamp: input.bytes[8] === 1,
    },
  };
}
