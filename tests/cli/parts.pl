#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The parts of image files beside their pixels, for tests: read here from the formats'
# specifications, so that nothing of what is tested is trusted to find them.
#
#   parts.pl list FILE                 a line for each part, in order: name, bytes, MD5
#   parts.pl add FILE OUT PLACE NAME DATA...
#                                      puts a part in front of the first one named PLACE,
#                                      or "end"; DATA is text, hex:... or @file, joined
#   parts.pl trail FILE OUT DATA...    puts bytes after the file's end
#   parts.pl profile OUT [BYTES]       makes an ICC profile, of BYTES with ballast
#
# Parts are chunks (PNG, WebP) or marker segments (JPEG).  Pixels are listed by name only:
# what codes them is no part.  Of a JPEG's tables and frame the meaning is printed.
use strict;
use warnings;
use Compress::Zlib qw(crc32);
use Digest::MD5 qw(md5_hex);

sub slurp {
    my ($path) = @_;
    open my $in, '<:raw', $path or die "parts: $path: $!\n";
    local $/;
    my $bytes = <$in>;
    close $in;
    return $bytes;
}

sub spill {
    my ($path, @pieces) = @_;
    open my $out, '>:raw', $path or die "parts: $path: $!\n";
    print $out @pieces or die "parts: $path: $!\n";
    close $out or die "parts: $path: $!\n";
}

# ------------------------------------------------------------------ PNG (ISO 15948)

sub png_cut {
    my ($bytes) = @_;
    my $at = 8;
    my @parts = (['signature', substr $bytes, 0, 8]);
    while ($at + 12 <= length $bytes) {
        my ($size, $name) = unpack 'N a4', substr $bytes, $at, 8;
        push @parts, [$name, substr($bytes, $at, $size + 12), substr($bytes, $at + 8, $size)];
        $at += $size + 12;
        last if $name eq 'IEND';
    }
    push @parts, ['trailer', substr $bytes, $at] if $at < length $bytes;
    return @parts;
}

sub png_part {
    my ($name, $data) = @_;
    return pack('N', length $data) . $name . $data . pack 'N', crc32($name . $data);
}

# ---------------------------------------------------------------- JPEG (ITU-T T.81)

sub jpeg_name {
    my ($code) = @_;
    return sprintf 'APP%d', $code - 0xE0 if $code >= 0xE0 && $code <= 0xEF;
    return {0xC4, 'DHT', 0xDB, 'DQT', 0xDD, 'DRI', 0xDA, 'SOS', 0xFE, 'COM', 0xD8, 'SOI',
            0xD9, 'EOI', 0xCC, 'DAC'}->{$code} || sprintf 'SOF%d', $code - 0xC0;
}

sub jpeg_cut {
    my ($bytes) = @_;
    my $at = 2;
    my @parts = (['SOI', substr $bytes, 0, 2]);
    while ($at + 2 <= length $bytes) {
        my ($ff, $code) = unpack 'C C', substr $bytes, $at, 2;
        die "parts: no marker at $at\n" if $ff != 0xFF;
        my $size = $code == 0xD9 ? 0 : unpack 'n', substr $bytes, $at + 2, 2;
        my $end = $at + 2 + $size;
        if ($code == 0xDA) { # the scan goes on up to a marker that is no restart
            pos($bytes) = $end;
            $bytes =~ /\xFF[^\x00\xD0-\xD7\xFF]/g or die "parts: a scan without end\n";
            $end = pos($bytes) - 2;
        }
        push @parts, [jpeg_name($code), substr($bytes, $at, $end - $at),
                      $size > 2 ? substr $bytes, $at + 4, $size - 2 : ''];
        $at = $end;
        last if $code == 0xD9;
    }
    push @parts, ['trailer', substr $bytes, $at] if $at < length $bytes;
    return @parts;
}

sub jpeg_part {
    my ($name, $data) = @_;
    my $code = $name =~ /^APP(\d+)$/ ? 0xE0 + $1 : 0xFE;
    return pack('C C n', 0xFF, $code, 2 + length $data) . $data;
}

# The table and frame segments by what they mean, whichever way they are divided.
sub jpeg_tell {
    my ($name, $data) = @_;
    my @lines;
    if ($name eq 'DQT') {
        while (length $data) {
            my $wide = ord($data) >> 4;
            my $number = ord($data) & 15;
            my $size = $wide ? 128 : 64;
            my @table = unpack $wide ? 'n*' : 'C*', substr $data, 1, $size;
            push @lines, "table $number @table";
            $data = substr $data, 1 + $size;
        }
    } elsif ($name =~ /^SOF/) {
        my ($depth, $height, $width, $count) = unpack 'C n n C', $data;
        push @lines, "$name $depth bits $width x $height";
        for my $i (0 .. $count - 1) {
            my ($id, $sampling, $table) = unpack 'C3', substr $data, 6 + 3 * $i, 3;
            push @lines, sprintf 'component %d sampling %02x table %d', $id, $sampling, $table;
        }
    } elsif ($name eq 'DRI') {
        push @lines, sprintf 'restart %d', unpack 'n', $data;
    }
    return @lines;
}

# ---------------------------------------------------------------- WebP (RFC 9649)

sub webp_cut {
    my ($bytes) = @_;
    my ($at, $end) = (12, 8 + unpack 'V', substr $bytes, 4, 4);
    my @parts = (['RIFF', substr $bytes, 0, 12]);
    while ($at + 8 <= $end) {
        my ($name, $size) = unpack 'a4 V', substr $bytes, $at, 8;
        my $whole = 8 + $size + $size % 2;
        push @parts, [$name, substr($bytes, $at, $whole), substr($bytes, $at + 8, $size)];
        $at += $whole;
    }
    push @parts, ['trailer', substr $bytes, $end] if $end < length $bytes;
    return @parts;
}

sub webp_part {
    my ($name, $data) = @_;
    return $name . pack('V', length $data) . $data . (length($data) % 2 ? "\0" : '');
}

# --------------------------------------------------- an ICC profile (ICC.1:2001-04)

# A matrix profile with sRGB's primaries and a gamma of 2.2, and a private tag of ballast
# that doesn't pack.
sub profile {
    my ($bytes) = @_;
    my $xyz = sub { 'XYZ ' . pack('N', 0) . pack 'N3', map { int $_ * 65536 + 0.5 } @_ };
    my $curve = 'curv' . pack 'N N n n', 0, 1, int(2.2 * 256), 0;
    my $name = "tests' profile\0";
    my $text = 'desc' . pack('N N', 0, length $name) . $name . "\0" x 78;
    my @tags = ([cprt => 'text' . pack('N', 0) . "none\0"], [desc => $text],
                [wtpt => $xyz->(0.9505, 1, 1.0891)], [rXYZ => $xyz->(0.4361, 0.2225, 0.0139)],
                [gXYZ => $xyz->(0.3851, 0.7169, 0.0971)],
                [bXYZ => $xyz->(0.1431, 0.0606, 0.7141)],
                [rTRC => $curve], [gTRC => $curve], [bTRC => $curve]);
    my $at = 128 + 4 + 12 * (@tags + 1);
    my ($table, $data) = (pack('N', @tags + 1), '');
    my $ballast = "data\0\0\0\0\0\0\0\1";
    for my $tag (@tags, [tsts => \$ballast]) {
        my ($signature, $value) = @$tag;
        if (ref $value) {
            $value = $$value;
            my $round = 0;
            $value .= md5_hex($round++) while $at + length($data) + length($value) < $bytes;
        }
        $value .= "\0" while length($value) % 4;
        $table .= pack 'a4 N N', $signature, $at + length $data, length $value;
        $data .= $value;
    }
    return pack('N a4 N a4 a4 a4 n6 a4 a4 N N N N N N N3 N x44', $at + length $data, '',
                0x02400000, 'mntr', 'RGB ', 'XYZ ', 2024, 1, 1, 0, 0, 0, 'acsp', '', 0, 0, 0,
                0, 0, 0, 63190, 65536, 54061, 0) . $table . $data;
}

# --------------------------------------------------------------------------- the whole

sub format_of {
    my ($bytes) = @_;
    return 'png' if $bytes =~ /^\x89PNG/;
    return 'jpeg' if $bytes =~ /^\xFF\xD8/;
    return 'webp' if $bytes =~ /^RIFF....WEBP/s;
    die "parts: no such format\n";
}

my %cut = (png => \&png_cut, jpeg => \&jpeg_cut, webp => \&webp_cut);
my %part = (png => \&png_part, jpeg => \&jpeg_part, webp => \&webp_part);
my %pixels = map { $_ => 1 } qw(signature IHDR IDAT IEND SOI DHT DAC SOS EOI RIFF VP8X ALPH);

sub list {
    my ($bytes) = @_;
    my $format = format_of($bytes);
    my $last = '';
    for my $part ($cut{$format}->($bytes)) {
        my ($name, $whole, $data) = @$part;
        my @lines = $format eq 'jpeg' ? jpeg_tell($name, $data) : ();
        $data = $whole if !defined $data;
        @lines = ($name) if $name =~ /^(IDAT|SOS|ALPH|VP8.)$/;
        next if !@lines && $pixels{$name};
        @lines = (sprintf '%s %d %s', $name, length $data, md5_hex($data)) if !@lines;
        print map { "$_\n" } grep { $_ ne $last } @lines;
        $last = $lines[-1];
    }
}

sub add {
    my ($bytes, $out, $place, $name, $data) = @_;
    my $format = format_of($bytes);
    my $new = $part{$format}->($name, $data);
    my ($result, $done) = ('', 0);
    for my $part ($cut{$format}->($bytes)) {
        if (!$done && $part->[0] eq $place) {
            $result .= $new;
            $done = 1;
        }
        $result .= $part->[1];
    }
    die "parts: no $place\n" if !$done && $place ne 'end';
    $result .= $new if !$done;
    substr($result, 4, 4) = pack 'V', length($result) - 8 if $format eq 'webp';
    spill($out, $result);
}

sub data_of {
    return join '', map { /^hex:(.*)/ ? pack('H*', $1) : /^@(.*)/ ? slurp($1) : $_ } @_;
}

my ($verb, $file, @rest) = @ARGV;
die "usage: parts.pl list|add|trail|profile FILE ...\n" if !defined $file;
if ($verb eq 'profile') {
    spill($file, profile($rest[0] || 0));
    exit 0;
}
my $bytes = slurp($file);
if ($verb eq 'list') {
    list($bytes);
} elsif ($verb eq 'add') {
    my ($out, $place, $name, @data) = @rest;
    add($bytes, $out, $place, $name, data_of(@data));
} elsif ($verb eq 'trail') {
    my ($out, @data) = @rest;
    spill($out, $bytes, data_of(@data));
} else {
    die "parts: $verb?\n";
}
