using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Tessrax.Keys;

/// <summary>Shares a secret among groups of holders, so that enough of them can put it together and fewer learn nothing of it (SLIP-0039).</summary>
/// <remarks>Pure: randomness is passed in. A shared secret carries a digest of 32 bits, so that shares that do not belong together are noticed;
/// where one share is enough there is none, and its own checksum is all.</remarks>
public static class SecretSharing
{
    private const byte SecretPoint = 255;
    private const byte DigestPoint = 254;
    private const int DigestSize = 4;

    /// <summary>Makes the shares.</summary>
    /// <param name="secret">16 to 64 bytes, an even number; the caller clears them.</param>
    /// <param name="plan">Who gets shares.</param>
    /// <param name="passphrase">Printable ASCII, or nothing; it is needed again to put the secret together.</param>
    /// <param name="randomness"><see cref="SharePlan.RandomnessFor"/> random bytes, used for nothing else; the caller clears them.</param>
    /// <returns>The shares, group by group; the caller disposes them.</returns>
    /// <exception cref="TessraxException">TSX1009: a plan that the standard does not know; TSX2015: a passphrase that it does not know.</exception>
    public static IReadOnlyList<Share> Split(
        ReadOnlySpan<byte> secret,
        SharePlan plan,
        ReadOnlySpan<byte> passphrase,
        ReadOnlySpan<byte> randomness
    )
    {
        ArgumentNullException.ThrowIfNull(plan);
        plan.Check();
        CheckPassphrase(passphrase);
        if (secret.Length is < Share.MinSize or > Share.MaxSize || secret.Length % 2 != 0)
            throw new ArgumentException("a secret to share has 16 to 64 bytes, an even number", nameof(secret));
        if (randomness.Length != plan.RandomnessFor(secret.Length))
            throw new ArgumentException("as many random bytes as the plan says", nameof(randomness));
        int identifier = BinaryPrimitives.ReadUInt16BigEndian(randomness) & 0x7fff;
        randomness = randomness[sizeof(short)..];
        var set = new ShareSet(identifier, true, plan.IterationExponent, plan.GroupThreshold, plan.Groups.Count);
        byte[] encrypted = ShareCipher.Encrypt(secret, passphrase, set);
        byte[][] groups = Divide(encrypted, plan.GroupThreshold, plan.Groups.Count, ref randomness);
        var shares = new List<Share>();
        for (int i = 0; i < groups.Length; i++)
        {
            (int threshold, int count) = plan.Groups[i];
            byte[][] values = Divide(groups[i], threshold, count, ref randomness);
            for (int j = 0; j < count; j++)
                shares.Add(new Share(set, i, j, threshold, values[j]));
        }
        Clear(groups);
        CryptographicOperations.ZeroMemory(encrypted);
        return shares;
    }

    /// <summary>Puts the secret together. More shares than it takes are welcome, and have to fit.</summary>
    /// <param name="shares">Shares of one set, in any order; one may be there twice.</param>
    /// <param name="passphrase">The passphrase that they were made with: another gives another secret without a word.</param>
    /// <returns>The secret; the caller clears it.</returns>
    /// <exception cref="TessraxException">TSX2014: shares of two sets, or that do not fit each other; TSX2016: too few; TSX2015: a passphrase that the standard does not know.</exception>
    public static byte[] Combine(IReadOnlyList<Share> shares, ReadOnlySpan<byte> passphrase)
    {
        ArgumentNullException.ThrowIfNull(shares);
        CheckPassphrase(passphrase);
        if (shares.Count == 0)
            throw ErrorCodes.TooFewShares.Because("there are no shares");
        ShareSet set = shares[0].Set;
        int size = shares[0].Value.Length;
        if (shares.Any(share => share.Set != set || share.Value.Length != size))
            throw ErrorCodes.SharesDiffer.Because(
                "the shares are of more than one secret, or of one that was shared more than once",
                "shares that belong together begin with the same two words"
            );
        List<byte> points = [];
        List<byte[]> values = [];
        foreach (IGrouping<int, Share> group in shares.GroupBy(share => share.Group).OrderBy(group => group.Key))
        {
            if (ValueOf(group) is not { } value)
                continue;
            points.Add((byte)group.Key);
            values.Add(value);
        }
        if (points.Count < set.GroupThreshold)
            throw ErrorCodes.TooFewShares.Because(WhatIsMissing(shares, set, points.Count));
        byte[] encrypted = Join([.. points], [.. values], set.GroupThreshold);
        byte[] secret = ShareCipher.Decrypt(encrypted, passphrase, set);
        Clear([.. values, encrypted]);
        return secret;
    }

    /// <summary>How many random bytes one polynomial takes.</summary>
    internal static int RandomnessFor(int threshold, int size) =>
        threshold == 1 ? 0 : ((threshold - 1) * size) - DigestSize;

    // The standard's passphrases are printable ASCII.
    private static void CheckPassphrase(ReadOnlySpan<byte> passphrase)
    {
        if (passphrase.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            throw ErrorCodes.SeedPassphrase.Because("the passphrase of the shares holds more than printable ASCII");
    }

    // The polynomial goes through random values at the first points, the digest at 254 and the secret at 255.
    private static byte[][] Divide(
        ReadOnlySpan<byte> secret,
        int threshold,
        int count,
        ref ReadOnlySpan<byte> randomness
    )
    {
        var values = new byte[count][];
        if (threshold == 1)
        {
            for (int i = 0; i < count; i++)
                values[i] = secret.ToArray();
            return values;
        }
        int drawn = threshold - 2;
        var known = new byte[threshold][];
        var points = new byte[threshold];
        for (int i = 0; i < drawn; i++)
        {
            (points[i], known[i]) = ((byte)i, randomness[..secret.Length].ToArray());
            randomness = randomness[secret.Length..];
        }
        int filler = secret.Length - DigestSize;
        known[drawn] = new byte[secret.Length];
        randomness[..filler].CopyTo(known[drawn].AsSpan(DigestSize));
        randomness = randomness[filler..];
        WriteDigest(known[drawn], secret);
        known[drawn + 1] = secret.ToArray();
        (points[drawn], points[drawn + 1]) = (DigestPoint, SecretPoint);
        for (int i = 0; i < count; i++)
            values[i] = FieldOf256.Interpolate(points, known, (byte)i);
        Clear(known);
        return values;
    }

    // The value that a group stands for; null if too few of its shares are there.
    private static byte[]? ValueOf(IEnumerable<Share> group)
    {
        List<Share> members = [];
        foreach (Share share in group)
        {
            if (members.Find(m => m.Member == share.Member) is not { } same)
                members.Add(share);
            else if (!CryptographicOperations.FixedTimeEquals(same.Value, share.Value))
                throw ErrorCodes.SharesDiffer.Because(
                    $"share {share.Member + 1} of group {share.Group + 1} is there twice, and not the same"
                );
        }
        int threshold = members[0].MemberThreshold;
        if (members.Any(member => member.MemberThreshold != threshold))
            throw ErrorCodes.SharesDiffer.Because(
                $"the shares of group {members[0].Group + 1} do not agree how many of them it takes"
            );
        if (members.Count < threshold)
            return null;
        byte[][] values = [.. members.Select(member => member.Value.ToArray())];
        byte[] value = Join([.. members.Select(member => (byte)member.Member)], values, threshold);
        Clear(values);
        return value;
    }

    private static byte[] Join(ReadOnlySpan<byte> points, ReadOnlySpan<byte[]> values, int threshold)
    {
        ReadOnlySpan<byte> taken = points[..threshold];
        ReadOnlySpan<byte[]> known = values[..threshold];
        // Where one is enough, all are the secret.
        byte[] secret = threshold == 1 ? [.. known[0]] : FieldOf256.Interpolate(taken, known, SecretPoint);
        bool fits = threshold == 1 || HasDigest(FieldOf256.Interpolate(taken, known, DigestPoint), secret);
        for (int i = threshold; i < points.Length && fits; i++)
        {
            byte[] wanted = threshold == 1 ? [.. secret] : FieldOf256.Interpolate(taken, known, points[i]);
            fits = CryptographicOperations.FixedTimeEquals(wanted, values[i]);
            CryptographicOperations.ZeroMemory(wanted);
        }
        return fits
            ? secret
            : throw ErrorCodes.SharesDiffer.Because(
                "the shares do not fit each other, though each by itself is well-formed",
                "one of them is of another secret: leave out one after another, if there are enough"
            );
    }

    private static void WriteDigest(Span<byte> digest, ReadOnlySpan<byte> secret) =>
        Hmac.Sha256(digest[DigestSize..], secret).AsSpan(0, DigestSize).CopyTo(digest);

    private static bool HasDigest(byte[] digest, ReadOnlySpan<byte> secret)
    {
        byte[] wanted = [.. digest];
        WriteDigest(wanted, secret);
        bool holds = CryptographicOperations.FixedTimeEquals(wanted, digest);
        Clear([wanted, digest]);
        return holds;
    }

    private static string WhatIsMissing(IReadOnlyList<Share> shares, ShareSet set, int complete)
    {
        IEnumerable<string> partly = shares
            .GroupBy(share => share.Group)
            .OrderBy(group => group.Key)
            .Select(group =>
                (group.Key, Have: group.Select(s => s.Member).Distinct().Count(), group.First().MemberThreshold)
            )
            .Where(group => group.Have < group.MemberThreshold)
            .Select(group => $"group {group.Key + 1} has {group.Have} of {group.MemberThreshold} shares");
        string groups = set.GroupThreshold == 1 ? "" : $"{complete} of {set.GroupThreshold} groups are complete; ";
        return (groups + string.Join(", ", partly)).TrimEnd(' ', ';');
    }

    private static void Clear(ReadOnlySpan<byte[]> secrets)
    {
        foreach (byte[] secret in secrets)
            CryptographicOperations.ZeroMemory(secret);
    }
}
