namespace Tessrax.Server.Access;

/// <summary>Tells whoever runs the server, in a line each, when the access file can be used no more, and when it can be used again: clients learn only that their key does not count.</summary>
internal sealed class AccessWatch(AccessList list, TextWriter output)
{
    private string? told;

    /// <summary>Looks whether anything is to be told.</summary>
    public void Look()
    {
        TessraxException? fault = list.Fault;
        if (fault?.Message == told)
            return;
        told = fault?.Message;
        output.WriteLine(
            fault is null
                ? $"{Sanitizer.Clean(list.Path)} can be used again: its keys count"
                : $"error {fault.Code}: nobody's key counts until this is mended: {Sanitizer.Clean(list.Named(fault).Message)}"
        );
    }
}
