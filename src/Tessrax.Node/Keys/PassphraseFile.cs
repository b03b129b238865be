namespace Tessrax.Node.Keys;

/// <summary>A file that holds a passphrase.</summary>
public static class PassphraseFile
{
    /// <summary>The most bytes of one.</summary>
    public const int MaxBytes = 4096;

    /// <summary>The passphrase that a file's bytes mean.</summary>
    public static byte[] Of(byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        // Editors and `echo` end a file with a newline that nobody means; more than one is meant.
        int length = bytes.Length;
        if (length > 0 && bytes[length - 1] == '\n')
            length--;
        if (length > 0 && length < bytes.Length && bytes[length - 1] == '\r')
            length--;
        return bytes[..length];
    }
}
