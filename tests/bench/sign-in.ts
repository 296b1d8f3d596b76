/** Headers of a signed-in visitor; none where signing in is not possible. */
export async function signIn(
  port: number,
  name: string,
  password: string,
  headers: Record<string, string> = {},
): Promise<Record<string, string>> {
  const answer = await fetch(`http://127.0.0.1:${port}/sign-in`, {
    method: 'POST',
    headers,
    body: new URLSearchParams({ name, password, next: '/' }),
    redirect: 'manual',
  })
  const cookies = answer.headers.getSetCookie().map((line) => line.split(';')[0] ?? '')
  return cookies.length === 0 ? {} : { Cookie: cookies.join('; ') }
}
