namespace Tessrax.Server.Api;

/// <summary>This run of the server: another one has another id, so that nothing that was signed for one counts in another.</summary>
/// <param name="Id">16 random bytes.</param>
internal sealed record ServerRun(byte[] Id)
{
    public const int Bytes = 16;

    /// <summary>In base64.</summary>
    public string Text { get; } = Convert.ToBase64String(Id);
}
