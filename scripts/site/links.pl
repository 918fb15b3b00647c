#!/usr/bin/env perl
# Says which links and pictures of a site lead nowhere, or out of it for something that a page needs to be shown.
#   links.pl <folder of the site> <page>...            (pages named from that folder)
use strict;
use warnings;

chdir shift or die "no such folder: $!";
my (%ids, %text, $bad);
sub page {
  my $file = shift;
  return if exists $text{$file};
  open my $in, '<', $file or die "$file: $!";
  local $/;
  $text{$file} = <$in>;
  $text{$file} =~ s/<!--.*?-->//gs;
  $ids{$file}{$1} = 1 while $text{$file} =~ /\s(?:id|name)="([^"]+)"/g;
}
page($_) for @ARGV;
my $links = 0;
for my $file (@ARGV) {
  (my $folder = $file) =~ s{[^/]*$}{};
  while ($text{$file} =~ /<(\w+)[^>]*?\s(href|src)="([^"]*)"/g) {
    my ($tag, $target) = (lc $1, $3);
    next if $target =~ /^(data|mailto|javascript):/ || $target eq '';
    ++$links;
    if ($target =~ m{^(\w+:)?//}) {  # a link may lead into the world, but nothing may be loaded from there
      print("$file: loads $target\n"), $bad = 1 if $tag ne 'a';
      next;
    }
    my ($path, $id) = $target =~ /^([^#?]*)(?:\?[^#]*)?(?:#(.*))?$/ or next;
    $path =~ s/%20/ /g;
    my $to = $path eq '' ? $file : "$folder$path";
    1 while $to =~ s{(^|/)(?!\.\./)[^/]+/\.\./}{$1};
    $to =~ s{(^|/)\./}{$1}g;
    if (!-f $to) { print "$file: $target leads nowhere\n"; $bad = 1; next; }
    next if !defined $id || $id eq '' || $to !~ /\.html$/;
    page($to);
    print("$file: $target: there is no such place\n"), $bad = 1 unless $ids{$to}{$id};
  }
}
printf "%d pages, %d links\n", scalar(@ARGV), $links;
exit($bad ? 1 : 0);
